/** Delivery: where the units of a shipping sale go. Saved by a customer beforehand, kept with each PAID order. */
export { Deliveries, type Delivery, type Given } from '#lib/delivery/deliveries.ts';

import { countryName } from '#components/delivery/country.tsx';
import type { DeliveryAnswer } from '#lib/contract.ts';

/** Delivery details as they stand on a parcel. */
export function Address({ delivery }: { delivery: DeliveryAnswer }) {
  return (
    <address className="wrap-anywhere not-italic">
      <span className="block font-semibold">{delivery.name}</span>
      <span className="block">{delivery.street}</span>
      <span className="block">
        {delivery.postalCode} {delivery.city}
      </span>
      <span className="block">{countryName(delivery.country)}</span>
      <span className="block text-muted">{delivery.email}</span>
    </address>
  );
}

import type { ReactNode } from 'react';
import type { OrderAnswer } from '#lib/contract.ts';

/** What every way to pay is given. */
export interface PayProps {
  order: OrderAnswer;
  /** The hold's time has run out. */
  over: boolean;
  /** Something else is being done with the order. */
  off: boolean;
  /** A payment is on its way, or no longer. */
  onBusy: (busy: boolean) => void;
  /** Ask the shop for the order again. */
  onDone: () => Promise<unknown>;
  /** What else can be done with the hold. */
  children: ReactNode;
}

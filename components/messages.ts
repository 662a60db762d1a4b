import { count } from '#components/format.ts';
import type { CancelReason } from '#lib/contract.ts';

/** Every word that a shopper or merchant reads. A second language is a second module of this shape. */

const plural = (value: number, one: string, other: string) =>
  `${count(value)} ${new Intl.PluralRules('en').select(value) === 'one' ? one : other}`;

const units = (value: number) => plural(value, 'unit', 'units');

/** A length of time in words, for texts and announcements. */
function duration(seconds: number): string {
  if (seconds < 120 && seconds % 60 !== 0) return plural(seconds, 'second', 'seconds');
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return rest === 0
    ? plural(minutes, 'minute', 'minutes')
    : `${plural(minutes, 'minute', 'minutes')} ${plural(rest, 'second', 'seconds')}`;
}

export const messages = {
  shop: {
    name: 'Holdfast',
    tagline: 'Numbered things, sold once',
    description:
      'Small editions, numbered one by one. What you check out is held for you while you pay, and nobody else can buy it.',
    testPayments: 'Test payments: no card is asked for, and no money moves.',
    payments: 'Payments',
    skip: 'Skip to content',
    navigation: 'Shop',
    orders: 'My orders',
    cart: 'Cart',
    things: (things: number) => plural(things, 'thing', 'things'),
    footer: 'Every unit has a number and one owner.',
    offline: 'You are offline. What is held stays held; this page catches up by itself.',
    back: 'Back to the sales',
    loading: 'Loading',
  },
  trouble: {
    title: 'That did not work',
    text: 'Something went wrong on our side. Nothing you hold or bought is affected.',
    again: 'Try again',
    restoringTitle: "We're restoring the shelf",
    restoringText: 'The shop is counting its units again, so that none is sold twice. This page tries again by itself.',
    unreachableTitle: 'The shop is not answering',
    unreachableText: 'It may be your connection or ours. This page tries again by itself.',
    missingTitle: 'Nothing here',
    missingText: 'There is no page at this address, or not any more.',
    noScript: 'Live stock and buying need JavaScript. Please turn it on, or come back with another browser.',
  },
  clock: {
    opensIn: 'Opens in',
    until: 'until',
    opening: 'Opening…',
    unlocks: 'The buttons unlock by themselves.',
    secondsLeft: (seconds: number) => `${duration(seconds)} left`,
  },
  home: {
    title: ['Numbered things,', 'sold once.'],
    lead: 'Small editions, opened at a set minute. What you check out is yours while you pay, and no one else can take it.',
    coming: 'Coming up',
    rest: 'More sales',
    seeSale: 'See the sale',
    seeAll: (things: number) => `See all ${count(things)}`,
    quietTitle: 'Nothing on the shelf yet',
    quietText: 'The next sale will show up here. This page looks again by itself.',
    steps: [
      { title: 'Numbered', text: 'Each unit has its own number. The count you see is the true one.' },
      { title: 'Held', text: 'Check out, and your units are set aside for you alone while you pay.' },
      {
        title: 'Fair',
        text: 'Not paid in time? The very same units go back on the shelf for the next person.',
      },
    ],
  },
  sale: {
    state: {
      upcoming: 'Opens soon',
      open: 'Open now',
      paused: 'Paused',
      closed: 'Over',
      restoring: 'Restoring',
    },
    pausedText: 'The sale is paused for a moment. What is held can still be paid.',
    closedText: 'This sale is over. What was held in time can still be paid.',
    restoringText: "We're restoring the shelf: units are being counted again. Buying goes on by itself in a moment.",
    holdTerms: (seconds: number) => `Buying holds your units for ${duration(seconds)} while you pay.`,
    empty: 'Nothing in this sale yet.',
    nextSale: (name: string) => `Next: ${name}`,
    missing: 'There is no such sale.',
  },
  product: {
    left: (value: number) => `${count(value)} left`,
    lastOne: 'The last one',
    heldSome: (value: number) => `${count(value)} in checkouts`,
    allHeld: 'All in checkouts',
    allHeldText: (value: number) =>
      `${value === 1 ? 'The last unit is in another checkout' : `The last ${units(value)} are in checkouts`} and may come back: keep this page open.`,
    soldOut: 'Sold out',
    soldOutText: (sold: number) => `${sold === 1 ? 'The only unit' : `All ${units(sold)}`} found an owner.`,
    notMinted: 'No units yet',
    restoring: 'Being restored',
    edition: (minted: number) => `Edition of ${count(minted)}`,
    shelf: (available: number, held: number, sold: number) =>
      `${count(available)} on the shelf, ${count(held)} in checkouts, ${count(sold)} sold`,
    limit: (limit: number) => `At most ${count(limit)} for each shopper.`,
    backAgain: (name: string) => `${name} is available again.`,
    quantity: 'Quantity',
    fewer: 'One less',
    more: 'One more',
    buy: 'Buy now',
    buying: 'Holding yours…',
    toCart: 'Add to cart',
    inCart: (things: number) => `${count(things)} in your cart`,
    waitOpening: 'Opens soon',
    missing: 'There is no such product in this sale.',
  },
  cart: {
    title: 'Cart',
    emptyTitle: 'Your cart is empty',
    emptyText: 'A cart holds nothing back: units are yours from checkout on.',
    browse: 'See the sales',
    note: 'Nothing is set aside until you check out.',
    perSale: 'Things from different sales are checked out one sale at a time.',
    quantityOf: (name: string) => `Quantity of ${name}`,
    remove: 'Remove',
    total: 'Total',
    checkout: 'Check out',
    takeWhatIsLeft: (value: number) => `Take the ${count(value)} that ${value === 1 ? 'is' : 'are'} left`,
  },
  refused: {
    outOfStock: 'There are not enough left for that.',
    outOfStockHeld: 'The rest is in other checkouts and may come back: keep this page open.',
    outOfStockItem: (name: string, requested: number, available: number) =>
      `${name}: you asked for ${count(requested)}, ${count(available)} left.`,
    notOpen: 'The sale is not open yet.',
    paused: 'The sale is paused. Please try again in a moment.',
    closed: 'The sale is over.',
    limit: (limit: number, owned: number) =>
      `At most ${count(limit)} for each shopper${owned > 0 ? `; you already have ${count(owned)}` : ''}.`,
    cartEmpty: 'There is nothing to check out.',
    restoring: "We're restoring the shelf. Your request waits and goes on by itself.",
    unreachable: 'No answer yet. Trying again: you will not be charged or held twice.',
    tooMany: 'Many shoppers at once. Your request waits its turn.',
    other: 'That did not work. Please try again.',
    gaveUp: 'The shop did not answer in time. Please try again.',
    expired: 'The time is over.',
    alreadyExtended: 'This hold was already extended once.',
  },
  hold: {
    title: 'Held for you',
    untilLabel: 'Held until',
    timer: 'Time left to pay',
    finish: 'Finish',
    explain:
      'Nobody else can buy these while the time runs. If it runs out, they go back on the shelf and nothing is charged.',
    pay: (amount: string) => `Pay ${amount}`,
    paying: 'Paying…',
    testBankText: 'Test bank: choose what it should answer.',
    decline: 'Refuse payment',
    release: 'Put it back',
    releasing: 'Putting it back…',
    extend: (seconds: number) => `Give me ${duration(seconds)} more`,
    extendText: 'Need a moment? You can have more time once.',
    extending: 'Asking…',
    extended: 'You have more time.',
    asking: 'Time is up. Asking the shop…',
    unitOf: (number: number, minted: number | null) =>
      minted ? `No. ${count(number)} of ${count(minted)}` : `No. ${count(number)}`,
    total: 'Total',
    over: 'The time is over.',
  },
  order: {
    title: 'Order',
    paidTitle: "It's yours",
    paidText: (units_: number) =>
      units_ === 1 ? 'This number is yours, and only yours.' : 'These numbers are yours, and only yours.',
    paidOn: 'Paid',
    reference: 'Order',
    times: (quantity: number) => `${count(quantity)} ×`,
    reasonTitle: {
      EXPIRED: 'The time ran out',
      SHOPPER: 'Back on the shelf',
      PAYMENT_FAILED: 'The payment was refused',
      ADMIN: 'Cancelled by the shop',
      CONFLICT: 'We had to take this back',
    } satisfies Record<CancelReason, string>,
    reasonText: {
      EXPIRED: 'The payment did not come in time, so the units went back on the shelf. Nothing was charged.',
      SHOPPER: 'You put the units back. Nothing was charged.',
      PAYMENT_FAILED: 'The bank said no, so the units went back on the shelf. Nothing was charged.',
      ADMIN: 'The shop cancelled this order. Nothing was charged.',
      CONFLICT: 'These units already belonged to another order. Nothing was charged, and we are sorry.',
    } satisfies Record<CancelReason, string>,
    tryAgain: 'Try again',
    tryAgainText: 'There is stock right now.',
    partly: 'Some of it is left right now.',
    waitText: 'Everything is in other checkouts right now and may come back: keep this page open.',
    goneText: 'It is sold out.',
    notOpenText: 'The sale is not open right now.',
    keepLooking: 'See the sale',
    all: 'All my orders',
    missing: 'There is no such order, or it belongs to somebody else.',
  },
  orders: {
    title: 'My orders',
    emptyTitle: 'No orders yet',
    emptyText: 'What you hold and buy shows up here.',
    more: 'Show earlier orders',
    status: { RESERVED: 'Held', PAID: 'Paid', CANCELLED: 'Ended' },
    units: (value: number) => units(value),
  },
  admin: {
    title: 'Back room',
    signInTitle: 'Open the back room',
    signInText: 'Paste the admin key that the shop printed when it started.',
    key: 'Admin key',
    signIn: 'Open',
    signingIn: 'Opening…',
    wrongKey: 'That key does not fit.',
    signOut: 'Sign out',
    shop: 'To the shop',
    sales: 'Sales and products',
    reservations: 'Live reservations',
    noReservations: 'Nobody holds anything right now.',
    tokens: 'Free tokens',
    noTokens: 'None free',
    columns: {
      product: 'Product',
      free: 'Free',
      held: 'Held',
      sold: 'Sold',
      minted: 'Minted',
      order: 'Order',
      units: 'Units',
      deadline: 'Time left',
    },
    restoring: 'restoring',
    updated: (time: string) => `As of ${time}`,
    pages: 'Pages',
    page: (page: number) => `Page ${count(page)}`,
    earlier: 'Back',
    later: 'Next',
    filter: 'Sale',
    noSales: 'There are no sales yet. Make one with POST /api/sales.',
  },
} as const;

export { duration };

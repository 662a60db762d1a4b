import { aboutCurrentSales, aboutSale, type SaleAbout } from '#lib/catalog/index.ts';
import { holdfast } from '#lib/process.ts';

const ON_HOME = 3;

/** A build has no databases: its shells are empty, and made again when the shop runs. */
// biome-ignore lint/style/noProcessEnv: Next's own word of what it does, and no setting of the shop's
const building = process.env.NEXT_PHASE === 'phase-production-build';

/** @returns what a sale's shell shows; undefined where there is no such sale, or MongoDB is away: the page asks again itself */
export async function shellOf(saleId: string): Promise<SaleAbout | undefined> {
  return aboutSale(holdfast().catalog, saleId).catch(() => undefined);
}

/** @returns what the home page's shell shows */
export async function homeShell(): Promise<SaleAbout[]> {
  return building ? [] : aboutCurrentSales(holdfast().catalog, ON_HOME).catch(() => []);
}

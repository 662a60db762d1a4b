import { aboutCurrentSales, aboutSale, type HomeAbout, type SaleAbout } from '#lib/catalog/index.ts';
import { isBuild } from '#lib/env.ts';
import { holdfast } from '#lib/process.ts';

const ON_HOME = 3;

/** @returns what a sale's shell shows; undefined where there is no such sale, or MongoDB is away: the page asks again itself */
export async function shellOf(saleId: string): Promise<SaleAbout | undefined> {
  return aboutSale(holdfast().catalog, saleId).catch(() => undefined);
}

/** Whether a shell that is made now keeps room for a countdown. */
export const isComing = (about: SaleAbout | undefined): boolean =>
  about?.opensAt != null && Date.parse(about.opensAt) > Date.now();

/** @returns what the home page's shell shows; nothing in a build, which has no databases: it is made again when the shop runs */
export async function homeShell(): Promise<HomeAbout> {
  const nothing: HomeAbout = { opened: [], coming: [] };
  return isBuild() ? nothing : aboutCurrentSales(holdfast().catalog, ON_HOME).catch(() => nothing);
}

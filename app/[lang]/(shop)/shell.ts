import { aboutCurrentSales, aboutSale, type SaleAbout } from '#lib/catalog/index.ts';
import { isBuild } from '#lib/env.ts';
import { holdfast } from '#lib/process.ts';

const ON_HOME = 3;

/** @returns what a sale's shell shows; undefined where there is no such sale, or MongoDB is away: the page asks again itself */
export async function shellOf(saleId: string): Promise<SaleAbout | undefined> {
  return aboutSale(holdfast().catalog, saleId).catch(() => undefined);
}

/** @returns what the home page's shell shows; nothing in a build, which has no databases: it is made again when the shop runs */
export async function homeShell(): Promise<SaleAbout[]> {
  return isBuild() ? [] : aboutCurrentSales(holdfast().catalog, ON_HOME).catch(() => []);
}

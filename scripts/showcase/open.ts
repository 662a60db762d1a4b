import type { BrowserContext, Page } from '@playwright/test';
import type { Visitor } from '#scripts/showcase/states.ts';

/** A page of a fresh browser that only remembers being a visitor's; it is still to go to the address. */
export async function openAs(context: BrowserContext, address: string, visitor: Visitor | undefined): Promise<Page> {
  if (visitor) {
    const cookies = visitor.cookie.split('; ').map((pair) => pair.split('=') as [name: string, value: string]);
    await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: new URL(address).origin })));
    await context.addInitScript((remembered) => {
      for (const [key, value] of Object.entries(remembered)) localStorage.setItem(key, value);
    }, visitor.remembered);
  }
  return context.newPage();
}

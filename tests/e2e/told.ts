import type { Page } from '@playwright/test';

/** Write down the browser's notifications of a page that is still to be opened. @returns their titles so far */
export async function notificationsOf(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    window.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        told.push(title);
      }
    };
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
}

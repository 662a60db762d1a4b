import { expect, test } from './shop.ts';

const MARK = 'pwned';
const PAYLOADS = [
  `<script>document.title='${MARK}'</script>`,
  `"><img src=x onerror="document.title='${MARK}'">`,
  `</script><script>document.title='${MARK}'</script>`,
  `<svg/onload=document.title='${MARK}'>`,
  `javascript:document.title='${MARK}'`,
  `{{constructor.constructor("document.title='${MARK}'")()}}`,
  `';document.title='${MARK}';//`,
  `<!--<script>--><iframe srcdoc="<script>parent.document.title='${MARK}'</script>">`,
];

test('nothing that is written into a name or a description ever runs, and it is shown as it was written', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(404); // addresses that are payloads

  const sale = await merchant.sale({
    name: PAYLOADS.join(' ').slice(0, 200),
    products: PAYLOADS.map((name) => ({ name: name.slice(0, 200) })),
  });
  await merchant.change(sale.saleId, { description: PAYLOADS.join('\n') });
  const reports: string[] = [];
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  page.on('dialog', (dialog) => reports.push(dialog.message()));
  for (const path of ['/', sale.path, ...sale.products.map((product) => product.path)]) {
    await page.goto(path);
    await expect(
      page
        .getByText(PAYLOADS[0]!.slice(0, 20))
        .or(page.getByText(PAYLOADS[1]!.slice(0, 12)))
        .or(page.locator('h1'))
        .first(),
    ).toBeVisible();
  }
  await page.goto(sale.products[0]!.path);
  await page.getByRole('button', { name: 'Buy now' }).first().press('Enter');
  await expect(page).toHaveURL(/\/orders\//);
  await expect(page.getByText(PAYLOADS[0]!).first()).toBeVisible();
  for (const path of [
    `/sales/${encodeURIComponent(PAYLOADS[2]!)}`,
    `/orders/${encodeURIComponent(PAYLOADS[1]!)}`,
    `/?q=${encodeURIComponent(PAYLOADS[0]!)}#${PAYLOADS[3]!}`,
  ]) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeVisible();
  }
  expect(await page.title()).not.toContain(MARK);
  expect(reports).toEqual([]);
});

test('on the way from the shelf to signing in a browser takes up the stricter policy, under which no script in a link runs', {
  tag: '@once',
}, async ({ page, watch }) => {
  watch.allowed.add('Content Security Policy directive');
  const followLink = () =>
    page.evaluate(() => {
      const ends = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
        new MutationObserver(() => resolve('ran')).observe(document.body, { attributeFilter: ['data-ran'] });
      });
      const link = document.createElement('a');
      link.href = 'javascript:void (document.body.dataset.ran = "it did")';
      link.click();
      return ends;
    });
  await page.goto('/');
  expect(await followLink()).toBe('ran');
  await page.getByRole('navigation').getByRole('link', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await followLink()).toBe('refused');
  await page.getByRole('main').getByRole('link', { name: 'Make an account' }).click();
  await expect(page.getByRole('heading', { name: 'Make an account' })).toBeVisible();
  expect(await followLink()).toBe('refused');
  await page.getByRole('navigation').getByRole('link', { name: 'My orders' }).click();
  await expect(page).toHaveURL('/orders');
});

test('no page of a purchase breaks the content security policy', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
  watch,
}) => {
  expectAnswers(401);
  const sale = await merchant.sale();
  const broken: string[] = [];
  await page.exposeFunction('reportBroken', (what: string) => void broken.push(what));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (window as unknown as { reportBroken(what: string): void }).reportBroken(
        `${event.violatedDirective} ${event.blockedURI}`,
      );
    });
  });
  for (const path of ['/', sale.path, '/cart', '/orders', '/account', '/signup', '/admin']) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeVisible();
  }
  await page.goto(sale.products[0]!.path);
  await page.getByRole('button', { name: 'Buy now' }).first().click();
  await expect(page).toHaveURL(/\/orders\//);
  expect(broken).toEqual([]);
  watch.allowed.add('Content Security Policy directive'); // from here on it is broken on purpose
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.setAttribute('onerror', "document.title='pwned'");
    image.src = 'https://evil.example/x.png';
    document.body.append(image);
  });
  await expect.poll(() => broken.join()).toContain('img-src');
  expect(await page.title()).not.toContain('pwned');
});

import { parseArgs } from 'node:util';
import { addStock, createProduct, createSale } from '#lib/catalog/index.ts';
import { env } from '#lib/env.ts';
import { holdfast } from '#lib/process.ts';
import { refuseToStart } from '#lib/shutdown.ts';
import { DEMO_ACCOUNTS } from '#scripts/demo-accounts.ts';

/** The demo: one sale that is open, one that opens in ten minutes, eight products. Prices in minor units, tax included. */
const DEMO = [
  {
    saleId: 'noon-drop',
    name: 'The Noon Drop',
    opensInMinutes: 0,
    description: 'Four things for a day outside. Small batch, numbered, gone when they are gone.',
    products: [
      {
        productId: 'trail-runner',
        name: 'Trail Runner',
        price: 12900,
        units: 50,
        limit: 2,
        description: 'Grippy, light, made for wet leaves. Fifty pairs, each numbered on the tongue.',
      },
      {
        productId: 'canvas-tote',
        name: 'Canvas Tote',
        price: 3800,
        units: 100,
        limit: 5,
        description: 'Heavy organic canvas that stands up on its own.',
      },
      {
        productId: 'enamel-mug',
        name: 'Enamel Mug',
        price: 1900,
        units: 200,
        limit: 6,
        description: 'Survives the campfire and the dishwasher.',
      },
      {
        productId: 'wool-beanie',
        name: 'Wool Beanie',
        price: 2900,
        units: 3,
        limit: 1,
        description: 'The last three of the winter batch.',
      },
    ],
  },
  {
    saleId: 'midnight-press',
    name: 'Midnight Press',
    opensInMinutes: 10,
    description: 'Paper, brass and glass from one small workshop.',
    products: [
      {
        productId: 'letterpress-print',
        name: 'Letterpress Print',
        price: 8500,
        units: 40,
        limit: 1,
        description: 'Two colours on cotton paper, pulled by hand, numbered by the printer.',
      },
      {
        productId: 'brass-pen',
        name: 'Brass Pen',
        price: 6400,
        units: 80,
        limit: 2,
        description: 'Turned from one rod. It will look better in ten years.',
      },
      {
        productId: 'linen-notebook',
        name: 'Linen Notebook',
        price: 2400,
        units: 150,
        limit: 4,
        description: 'Thread-sewn, lies flat, 160 pages.',
      },
      {
        productId: 'glass-vase',
        name: 'Glass Vase',
        price: 9800,
        units: 25,
        limit: 1,
        description: 'Mouth-blown, so no two are alike.',
      },
    ],
  },
];

const MINUTE_MS = 60_000;

/** Write the demo. Safe to repeat: what is there stays as it is. @returns what was made */
async function seedDemo(): Promise<{ sales: number; products: number; units: number }> {
  const shop = holdfast();
  const made = { sales: 0, products: 0, units: 0 };
  for (const { saleId, name, description, opensInMinutes, products } of DEMO) {
    const opensAt = opensInMinutes > 0 ? new Date(Date.now() + opensInMinutes * MINUTE_MS) : null;
    const { HOLD_SECONDS: holdSeconds, EXTEND_SECONDS: extendSeconds } = env();
    const sale = await createSale(shop, {
      saleId,
      name,
      description,
      currency: 'EUR',
      taxBasisPoints: 1900,
      ships: true,
      opensAt,
      closesAt: null,
      holdSeconds,
      extendSeconds,
      paused: false,
    });
    if (sale.status === 'created') made.sales += 1;
    for (const { productId, price, units, limit, ...text } of products) {
      const product = await createProduct(shop, {
        productId,
        saleId,
        price,
        art: productId,
        limitPerCustomer: limit,
        ...text,
      });
      if (product.status === 'created') made.products += 1;
      const minted = await addStock(shop, productId, units, 'demo');
      if (minted.status === 'minted' && product.status === 'created') made.units += minted.tokens;
    }
  }
  return made;
}

const { values } = parseArgs({ options: { 'if-empty': { type: 'boolean', default: false } } });
try {
  const shop = holdfast();
  await shop.boot();
  if (env().DEMO === '1') for (const account of DEMO_ACCOUNTS) await shop.accounts.writeDemo(account);
  const empty = (await shop.models.products.estimatedDocumentCount()) === 0;
  if (values['if-empty'] && (!empty || env().DEMO !== '1')) {
    process.stdout.write('The shop has its own data; no demo is written.\n');
  } else {
    const { sales, products, units } = await seedDemo();
    process.stdout.write(
      `Demo: ${sales} sales, ${products} products and ${units} units made; what was there stays as it was.\n`,
    );
  }
  await shop.close();
} catch (error) {
  refuseToStart(error);
}

// `npm run test:stripe`: our Stripe provider against Stripe's own description of its API. The story is in test-stripe.ts.
import { launch } from './launch.mjs';

await launch('test-stripe.ts');

// `npm test`: everything, on services and a build folder of its own. The story is in test.ts.
import { launch } from './launch.mjs';

await launch('test.ts', { afterCrash: ['--stop-leftovers'] });

// `npm start`: everything on a fresh machine. The story is in start.ts; this brings what start.ts needs to run.
import { launch } from './launch.mjs';

await launch('start.ts', { afterCrash: ['--stop-leftovers'] });

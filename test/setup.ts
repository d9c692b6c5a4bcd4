/** Before every test file: property tests take the same examples each time, unless a seed is given. */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });

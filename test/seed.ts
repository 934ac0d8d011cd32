import fc from "fast-check";

/**
 * Property tests draw the same cases in every run, so that a red run is about the change it tests. `QUORATE_SEED=N` draws others;
 * whoever looks for new counterexamples runs with `QUORATE_SEED=$RANDOM`, and keeps what is found as a named test.
 */
fc.configureGlobal({ seed: Number(process.env.QUORATE_SEED ?? 20_261_121) });

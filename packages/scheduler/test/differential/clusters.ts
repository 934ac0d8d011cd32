import { ALL_FEATURES, type Feature } from "../generate/facts.ts";
import { GENERATED_NOW_S, generateCib } from "../generate/generate-cib.ts";
import { Random } from "../generate/random.ts";
import { type Comparison, compareOutputs } from "./compare.ts";
import { ourOutputs, referenceOutputs } from "./runs.ts";
import { asBothUnderstand } from "./version-differences.ts";

const DATE = new Date(GENERATED_NOW_S * 1000).toISOString().replace("T", " ").replace(".000Z", "Z");

export interface ComparedCluster extends Comparison {
  readonly seed: number;
  readonly features: readonly Feature[];
  readonly cib: string;
}

/** The cluster of a seed, with about half of all features, given to both. */
async function compareCluster(seed: number): Promise<ComparedCluster> {
  const random = new Random(seed * 7 + 1);
  const features = ALL_FEATURES.filter(() => random.chance(50));
  const cib = asBothUnderstand(generateCib({ seed, features }));
  const [reference, ours] = await Promise.all([referenceOutputs(cib, DATE), ourOutputs(cib, DATE)]);
  return { seed, features, cib, ...compareOutputs(cib, reference, ours) };
}

/** Some at a time, as the reference runs in processes of its own. The result is in the order of the seeds. */
export async function compareClusters(seeds: readonly number[]): Promise<ComparedCluster[]> {
  const compared = new Map<number, ComparedCluster>();
  const pending = seeds.values();
  const work = async () => {
    for (const seed of pending) compared.set(seed, await compareCluster(seed));
  };
  await Promise.all([work(), work(), work()]);
  return seeds.flatMap((seed) => compared.get(seed) ?? []);
}

/** What a person needs to see one difference again. */
export function reportOf({ seed, features, differences }: ComparedCluster): string {
  return [
    `Seed ${seed} (${features.join(", ")}): ours differs from 2.1.5 in what the list of version differences does not explain.`,
    `Again: QUORATE_DIFFERENTIAL_SEEDS=${seed} npx vitest run packages/scheduler/test/differential`,
    "Lines with - are 2.1.5's, lines with + are ours; both are rewritten by version-differences.ts.",
    ...differences,
  ].join("\n");
}

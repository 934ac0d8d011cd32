import { canonicalXml, type XmlElement } from "@quorate/xml";
import type { CibSession } from "../../../cluster/cib-session.ts";
import { ensureSection, sectionElements } from "../../../configuration/sections.ts";
import { ENDED_BY_SIGNAL } from "../../../exit-codes.ts";
import type { HeldSignals, World } from "../../../world.ts";
import { CibEditor } from "../../framework/cib-editor.ts";
import { PcsError, type Reports } from "../../framework/reports.ts";

/** Constraints of a command's own, by id, as they stood at one moment. */
type OwnConstraints = ReadonlyMap<string, XmlElement>;

/**
 * Does something with constraints in place, then puts all constraints of their kind back as they were before: also those that `place`
 * replaced, and also when `place` or `use` failed or a signal interrupted `use`. What somebody else changed meanwhile stays.
 */
export async function withTemporaryConstraints(
  context: Context,
  place: () => Promise<void>,
  use: () => Promise<void>,
): Promise<void> {
  const signals = context.world.holdSignals();
  try {
    await placeAndPutBack(context, place, () => unlessInterrupted(use, signals));
  } finally {
    signals.release();
  }
}

/** @throws PcsError when a signal came first */
async function unlessInterrupted(use: () => Promise<void>, { first }: HeldSignals): Promise<void> {
  const used = use();
  // After a signal nobody looks at it any more.
  used.catch(() => {});
  const signal = await Promise.race([used, first]);
  if (typeof signal === "string") throw new PcsError([`interrupted (${signal})`], ENDED_BY_SIGNAL[signal]);
}

async function placeAndPutBack(
  context: Context,
  place: () => Promise<void>,
  use: () => Promise<void>,
): Promise<void> {
  const look = async () => ownConstraints(await context.session.document(), context);
  const before = await look();
  // Null when it could not be read: then all that differs from before is taken for the work of `place`.
  let placed: OwnConstraints | null = before;
  const putBack = () => restore(context, before, placed);
  try {
    try {
      await place();
    } finally {
      placed = null;
      placed = await look();
    }
    await use();
  } catch (error) {
    try {
      await putBack();
    } catch (second) {
      throw new PcsError([...linesOf(error), ...linesOf(second)]);
    }
    throw error;
  }
  await putBack();
}

interface Context {
  readonly world: World;
  readonly session: CibSession;
  readonly reports: Reports;
  /** Whether a location constraint is of the kind that the command makes. */
  isOwn(constraint: XmlElement): boolean;
  /** What a person does when they could not be put back. */
  readonly mend: string;
}

function ownConstraints(cib: XmlElement, { isOwn }: Context): OwnConstraints {
  return new Map(
    sectionElements(cib, "constraints")
      .filter((one) => one.name === "rsc_location" && isOwn(one))
      .map((one) => [one.id!, one.clone()]),
  );
}

async function restore(
  context: Context,
  before: OwnConstraints,
  placed: OwnConstraints | null,
): Promise<void> {
  const done: string[] = [];
  try {
    const editor = await CibEditor.open(context.session, true);
    revert(editor.cib, before, placed ?? ownConstraints(editor.cib, context), context.reports, done);
    await editor.commit();
  } catch (error) {
    throw new PcsError([
      ...linesOf(error),
      `The constraints were not put back as they were before the move; ${context.mend}`,
    ]);
  }
  for (const text of done) context.reports.info(text);
}

/** Undoes what became of `before`, in the CIB; what it does is added to `done`. */
function revert(
  cib: XmlElement,
  before: OwnConstraints,
  placed: OwnConstraints,
  reports: Reports,
  done: string[],
): void {
  for (const id of new Set([...before.keys(), ...placed.keys()])) {
    const [was, became] = [textOf(before.get(id)), textOf(placed.get(id))];
    const present = sectionElements(cib, "constraints").find((one) => one.id === id);
    if (was === became || textOf(present) === was) continue;
    if (textOf(present) !== became) {
      reports.warn(`constraint '${id}' was changed by somebody else meanwhile and stays as it is now`);
      continue;
    }
    present?.remove();
    const former = before.get(id);
    if (former !== undefined) ensureSection(cib, "constraints").append(former.clone());
    done.push(former === undefined ? `Removing constraint: ${id}` : `Restoring constraint: ${id}`);
  }
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof PcsError) return error.lines;
  return [error instanceof Error ? error.message : String(error)];
}

function textOf(element: XmlElement | undefined): string | null {
  return element === undefined ? null : canonicalXml(element);
}

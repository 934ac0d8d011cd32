import { CONFIGURATION_SECTIONS, diffCib, patchsetToXml } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { type CibCall, CibError } from "../../cluster/cib-session.ts";
import { editorOf } from "../../crm/shell/editor.ts";
import { ExitCode } from "../../exit-codes.ts";
import { assignmentMap } from "../framework/assignments.ts";
import type { CibEditor } from "../framework/cib-editor.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail, failChange } from "../framework/reports.ts";
import { checkWait, waitForIdle } from "../framework/wait.ts";

const SCOPES: readonly string[] = ["configuration", ...CONFIGURATION_SECTIONS];

/** `scope=SECTION` among the options, or `--config`; null: all of the CIB. @throws PcsError */
function scopeOf(call: PcsCall, options: ReadonlyMap<string, string>): string | null {
  const scope = options.get("scope") ?? null;
  if (call.has("--config")) {
    if (scope !== null) fail("--config stands for scope=configuration; give only one of them");
    return "configuration";
  }
  if (scope !== null && !SCOPES.includes(scope)) fail(`invalid CIB scope '${scope}'`);
  return scope;
}

export const cibShow: PcsCommand = {
  usage: ["[<file>] [scope=<section>]"],
  help: `Show the CIB, or write it to a file. Sections: ${SCOPES.join(", ")}; --config stands for scope=configuration.`,
  options: ["-f", "--config"],
  async run(call) {
    const files = call.args.filter((word) => !word.includes("="));
    const options = assignmentMap(call.args.filter((word) => word.includes("=")));
    if (files.length > 1 || [...options.keys()].some((name) => name !== "scope")) call.usage();
    const scope = scopeOf(call, options);
    const [file] = files;
    const editor = await call.cib();
    const text = serializeXml(scope === null ? editor.cib : scopeIn(editor.cib, scope, "the CIB"));
    if (file === undefined) call.print(text);
    else call.world.writeFile(file, text);
  },
};

/** @throws PcsError when there is no such section */
function scopeIn(root: XmlElement, scope: string, place: string): XmlElement {
  if (root.name === scope) return root;
  const configuration = root.first("configuration");
  const section = scope === "configuration" ? configuration : (configuration?.first(scope) ?? null);
  if (section === null) fail(`${place} has no section '${scope}'`);
  return section;
}

export const cibPush: PcsCommand = {
  usage: ["<file> [diff-against=<file> | scope=<section>]"],
  help: "Put a CIB from a file in place of the cluster's. Without scope a file that is older than the cluster's CIB is refused; with diff-against only what differs between the two files is changed.",
  options: ["-f", "--config", "--wait"],
  async run(call) {
    const [file, ...rest] = call.expect(1);
    const options = assignmentMap(rest);
    const unknown = [...options.keys()].find((name) => name !== "scope" && name !== "diff-against");
    if (unknown !== undefined)
      fail(`there is no option '${unknown}' here; allowed are scope and diff-against`);
    const scope = scopeOf(call, options);
    const originalFile = options.get("diff-against") ?? null;
    if (scope !== null && originalFile !== null) fail("'scope' and 'diff-against' exclude each other");
    const waitS = checkWait(call);
    const pushed = readXml(call, file!);
    const editor = await call.cib();
    const operation =
      originalFile === null
        ? replacement(editor, pushed, scope, file!)
        : difference(readXml(call, originalFile), pushed);
    if (operation === null) {
      call.reports.info("The two files do not differ; there is nothing to push");
      return;
    }
    await push(call, editor, operation, file!);
    if (waitS !== null) await waitForIdle(call, waitS);
  },
};

export const cibEdit: PcsCommand = {
  usage: ["[scope=<section>]"],
  help: `Open the CIB, or a section of it, in the editor that the environment variable EDITOR names, and put what comes back in its place. Sections: ${SCOPES.join(", ")}; --config stands for scope=configuration.`,
  options: ["-f", "--config"],
  async run(call) {
    const options = assignmentMap(call.args);
    if ([...options.keys()].some((name) => name !== "scope")) call.usage();
    const scope = scopeOf(call, options);
    const { world } = call;
    if ((world.env.EDITOR ?? "") === "") fail("EDITOR is not set; set it, for example: export EDITOR=vi");
    const editor = await call.cib();
    const before = serializeXml(scope === null ? editor.cib : scopeIn(editor.cib, scope, "the CIB"));
    const [program, ...words] = editorOf(world);
    // It may hold passwords.
    const after = world.withPrivateFile(before, (path) => {
      const status = world.runForeground(program, [...words, path], {});
      if (status !== 0) fail(`the editor ${program} ended with status ${status}; nothing was changed`);
      return world.readFile(path);
    });
    if (after === before) {
      call.reports.info("CIB not updated, no changes detected");
      return;
    }
    const what = "the edited text";
    await push(call, editor, replacement(editor, parseCib(after, what), scope, what), what);
  },
};

/** `what` the CIB comes from. @throws PcsError */
async function push(call: PcsCall, editor: CibEditor, operation: CibCall, what: string): Promise<void> {
  try {
    await editor.session.call(operation);
  } catch (error) {
    if (!(error instanceof CibError)) throw error;
    if (error.exitCode !== ExitCode.old) failChange("The CIB could not be changed", error);
    fail(
      `${what} is older than the CIB in place, so nothing was changed. Get the present one with 'pcs cluster cib' and repeat the change there, or use --config, which looks at no versions`,
    );
  }
  call.reports.info("CIB updated");
}

/** @throws PcsError when the file has not got it, or what it has is wrong */
function replacement(editor: CibEditor, pushed: XmlElement, scope: string | null, file: string): CibCall {
  if (scope === null) {
    if (pushed.name !== "cib")
      fail(`${file} holds <${pushed.name}>, not a whole CIB; name its section with scope`);
    editor.refuseMistakes(pushed);
    return { operation: "cib_replace", data: pushed };
  }
  const section = scopeIn(pushed, scope, file);
  const next = editor.original.clone();
  const parent = scope === "configuration" ? next : next.first("configuration")!;
  const former = parent.first(scope);
  parent.insert(section.clone(), former === null ? parent.children.length : parent.children.indexOf(former));
  former?.remove();
  editor.refuseMistakes(next);
  return { operation: "cib_replace", section: scope, data: section };
}

/** The versions of the files do not count, only what differs; null: nothing. */
function difference(original: XmlElement, pushed: XmlElement): CibCall | null {
  const patchset = diffCib(original, pushed, { ignoresVersions: true });
  if (patchset.changes.length === 0) return null;
  return { operation: "cib_apply_diff", data: patchsetToXml(patchset) };
}

function readXml(call: PcsCall, file: string): XmlElement {
  return parseCib(call.world.readFile(file), file);
}

function parseCib(text: string, what: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) fail(`${what}:${parsed.error.line}:${parsed.error.column}: ${parsed.error.message}`);
  return parsed.root;
}

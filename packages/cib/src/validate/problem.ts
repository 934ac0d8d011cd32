/** Where in a document: the path as in patchsets, the line in the text that was parsed (0: not from a text). */
export interface CibPlace {
  readonly path: string;
  readonly line: number;
}

/** One mistake in a document, as data. `describeProblem` makes the sentence. */
export type CibProblem = CibPlace &
  (
    | { readonly code: "wrongRoot"; readonly name: string }
    | { readonly code: "unknownSchema"; readonly schema: string | null; readonly suggestion: string | null }
    | {
        readonly code: "unknownElement";
        readonly name: string;
        readonly parent: string;
        readonly suggestion: string | null;
      }
    | { readonly code: "repeatedElement"; readonly name: string; readonly parent: string }
    | { readonly code: "missingElement"; readonly name: string; readonly parent: string }
    | {
        readonly code: "sectionTooNew";
        readonly name: string;
        readonly schema: string;
        readonly since: string;
      }
    | { readonly code: "missingId"; readonly name: string }
    | { readonly code: "missingAttribute"; readonly name: string; readonly attribute: string }
    | {
        readonly code: "missingOneOf";
        readonly name: string;
        /** Attributes by name, children as `<name>`. */
        readonly ways: readonly (readonly string[])[];
      }
    | {
        readonly code: "unknownReference";
        readonly name: string;
        readonly attribute: string;
        readonly value: string;
        readonly suggestion: string | null;
      }
    | {
        readonly code: "unknownAttribute";
        readonly name: string;
        readonly attribute: string;
        /** What the element takes. */
        readonly allowed: readonly string[];
        readonly suggestion: string | null;
      }
    | {
        readonly code: "wrongWord";
        readonly name: string;
        readonly attribute: string;
        readonly value: string;
        readonly words: readonly string[];
        readonly suggestion: string | null;
      }
    | { readonly code: "emptyId"; readonly name: string }
    | { readonly code: "malformedId"; readonly name: string; readonly id: string }
    | { readonly code: "duplicateId"; readonly id: string; readonly other: CibPlace }
    | { readonly code: "tooDeep"; readonly depthMax: number }
  );

/** What is wrong, where, and what to do about it. */
export function describeProblem(problem: CibProblem): string {
  return `${describePlace(problem)}: ${sentence(problem)}`;
}

/** `line 41, /cib/configuration`, or the path alone when there is no line. */
export function describePlace({ line, path }: CibPlace): string {
  return line > 0 ? `line ${line}, ${path}` : path;
}

function sentence(problem: CibProblem): string {
  switch (problem.code) {
    case "wrongRoot":
      return `the root of a CIB is <cib>, not <${problem.name}>`;
    case "unknownSchema":
      return problem.schema === null
        ? "<cib> has no validate-with; set it to the schema of the configuration, for example pacemaker-4.0"
        : `validate-with="${problem.schema}" is no known schema${didYouMean(problem.suggestion)}`;
    case "unknownElement":
      return `<${problem.parent}> cannot contain <${problem.name}>${didYouMean(problem.suggestion)}`;
    case "repeatedElement":
      return `<${problem.parent}> can contain <${problem.name}> only once; put the contents together`;
    case "missingElement":
      return `<${problem.parent}> must contain <${problem.name}>; add it, it may be empty`;
    case "sectionTooNew":
      return `${problem.schema} has no <${problem.name}>; upgrade the configuration to ${problem.since} or newer`;
    case "missingId":
      return `<${problem.name}> has no id; give it a name that nothing else has`;
    case "missingAttribute":
      return `<${problem.name}> has no ${problem.attribute}; add it`;
    case "missingOneOf":
      return `<${problem.name}> must have ${problem.ways.map((way) => way.join(" with ")).join(", or ")}`;
    case "unknownReference":
      return `${problem.attribute}="${problem.value}" of <${problem.name}> names nothing in the configuration${didYouMean(problem.suggestion)}`;
    case "unknownAttribute":
      return `<${problem.name}> takes no ${problem.attribute}, only ${problem.allowed.join(", ")}${didYouMean(problem.suggestion)}`;
    case "wrongWord":
      return `${problem.attribute}="${problem.value}" of <${problem.name}> must be one of ${problem.words.join(", ")}${didYouMean(problem.suggestion)}`;
    case "emptyId":
      return `<${problem.name}> has an empty id; give it a name that nothing else has`;
    case "malformedId":
      return `id "${problem.id}" of <${problem.name}> is no name; begin with a letter or _, then letters, digits, -, _ and .`;
    case "duplicateId":
      return `id "${problem.id}" is used already at ${problem.other.path}; give one of the two another id`;
    case "tooDeep":
      return `elements are nested deeper than ${problem.depthMax}`;
  }
}

function didYouMean(suggestion: string | null): string {
  return suggestion === null ? "" : `. Did you mean "${suggestion}"?`;
}

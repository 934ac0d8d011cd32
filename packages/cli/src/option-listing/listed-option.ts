import {
  CLUSTER_OPTIONS,
  CLUSTER_REFERENCE,
  FENCING_OPTIONS,
  FENCING_REFERENCE,
  type Option,
  type OptionReference,
  PRIMITIVE_OPTIONS,
  PRIMITIVE_REFERENCE,
} from "@quorate/cib";

/** One option with everything that listings tell of it. */
export interface ListedOption {
  readonly name: string;
  readonly short: string;
  readonly long: string;
  /** The classic name of the type: `boolean`, `duration`, `select`, ... */
  readonly type: string;
  /** Null when there is none. */
  readonly default: string | null;
  /** Empty unless the type is `select`. */
  readonly values: readonly string[];
  readonly isAdvanced: boolean;
  readonly isGenerated: boolean;
  /** Null: in use. */
  readonly deprecation: { readonly successor: string | null } | null;
}

/** A list of options that can be asked for. */
export interface OptionListing {
  /** Of the `resource-agent` element. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: readonly ListedOption[];
}

export const CLUSTER_LISTING: OptionListing = {
  name: "cluster-options",
  title: "Pacemaker cluster options",
  description:
    "Also known as properties, these are options that affect behavior across the entire cluster. They are configured within cluster_property_set elements inside the crm_config subsection of the CIB configuration section.",
  options: listedOptions(CLUSTER_REFERENCE, CLUSTER_OPTIONS),
};

export const PRIMITIVE_LISTING: OptionListing = {
  name: "primitive-meta",
  title: "Primitive meta-attributes",
  description: "Meta-attributes applicable to primitive resources",
  options: listedOptions(PRIMITIVE_REFERENCE, PRIMITIVE_OPTIONS),
};

export const FENCING_LISTING: OptionListing = {
  name: "fence-attributes",
  title: "Fencing resource common parameters",
  description:
    "Special parameters that are available for all fencing resources, regardless of type. They are processed by Pacemaker, rather than by the fence agent or the fencing library.",
  options: listedOptions(FENCING_REFERENCE, FENCING_OPTIONS),
};

/** Joins the words with the facts. @throws Error when the catalogue lacks an option: a defect */
function listedOptions(reference: readonly OptionReference[], catalogue: readonly Option[]): ListedOption[] {
  const byName = new Map(catalogue.map((option) => [option.name, option]));
  return reference.map(({ name, short, long }) => {
    const option = byName.get(name);
    if (option === undefined) throw new Error(`the catalogue of options has no ${name}`);
    const text = long ?? `Deprecated alias for ${option.deprecation?.successor}`;
    return {
      name,
      short: short ?? text,
      long: text,
      type: classicType(option),
      default: option.default,
      values: option.type.kind === "choice" ? option.type.words : [],
      isAdvanced: option.isAdvanced,
      isGenerated: option.isGenerated,
      deprecation: option.deprecation,
    };
  });
}

function classicType({ name, type }: Option): string {
  if (name === "dc-version") return "version";
  switch (type.kind) {
    case "choice":
      return "select";
    case "text":
      return "string";
    case "integer":
      return type.minimum === 0 && name === "cluster-ipc-limit" ? "nonnegative_integer" : "integer";
    default:
      return type.kind;
  }
}

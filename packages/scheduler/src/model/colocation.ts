import type { Resource } from "./resource.ts";
import type { Role } from "./role.ts";

/** "Dependent with primary": one pair of a colocation constraint, or an implicit one. Source: part 2, 5.2 and 9. */
export interface Colocation {
  /** Dense number in order of creation. */
  readonly index: number;
  /** Of the constraint or set; implicit ones begin with `#`. */
  readonly id: string;
  readonly dependent: Resource;
  readonly primary: Resource;
  readonly dependentRole: Role;
  readonly primaryRole: Role;
  readonly score: number;
  /** `#uname` unless configured. */
  readonly nodeAttribute: string;
  /** Whether the dependent's preferences move the primary, too. */
  readonly hasInfluence: boolean;
  /** Configured by the administrator. */
  readonly isExplicit: boolean;
}

/** Path of a temporary place -> the placeholder that stands for it. */
export type Places = readonly (readonly [path: string, placeholder: string])[];

/** What depends on clock or build, in the order in which it is replaced. Source: README of the suite. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/request="[^" ]*\/([^"/ ]+)/g, 'request="$1'],
  [/(request="crm_verify .*)-X '.*'/g, "$1-X '...'"],
  [/ api-version="[^"]*"/g, ' api-version="X"'],
  [/ version="[^"]*"/g, ' version=""'],
  [/\(version .*\)/g, "(version)"],
  [/crm_feature_set="[^"]*" /g, ""],
  [/@crm_feature_set=[0-9.]+, /g, ""],
  [/(<change-attr name="crm_feature_set" .* value=")[0-9.]*"/g, '$1"'],
  [/ validate-with="[^"]*"/g, ""],
  [/@validate-with=pacemaker-[0-9.]+,/g, "@validate-with=pacemaker-X,"],
  [/(<change-attr name="validate-with" .* value="pacemaker-)[0-9.]+"/g, '$1X"'],
  [/Created new pacemaker-.* configuration/g, "Created new pacemaker configuration"],
  [/(<cib\b.*) cib-last-written="[^"]*"/g, "$1"],
  [/Last (change|updated): .*/g, "Last $1:"],
  [/last_(change|update) time=".*"/g, 'last_$1 time=""'],
  [/^Migration will take effect until: .*/g, "Migration will take effect until:"],
  [/ (start|end)="[0-9][-+: 0-9]*Z*"/g, ' $1=""'],
  [/ last-rc-change=(['"])[-+A-Za-z0-9: ]*\1,?/g, ""],
  [/(last-failure-ping#monitor_10000=)[0-9]*/g, "$1"],
  [/(\* Possible values.*: .*)\(default: [^)]*\)/g, "$1(default: )"],
  [/ default="[^"]*"/g, ' default=""'],
];

/** Lines that count nowhere: log lines, and remarks of an XML library. */
const LOG_LINE = /^\S+\t\w+: |Relax-NG validity error : /;

/** The lines of a text as they are compared: without what depends on clock, build and places, and without white space. */
export function reducedLines(
  text: string,
  places: Places,
  options: { readonly dropsLog: boolean },
): string[] {
  let placed = text;
  for (const [path, placeholder] of places) placed = placed.replaceAll(path, placeholder);
  return placed
    .split("\n")
    .filter((line) => !(options.dropsLog && LOG_LINE.test(line)))
    .map((line) => {
      let reduced = line;
      for (const [pattern, replacement] of REPLACEMENTS) reduced = reduced.replace(pattern, replacement);
      return reduced.replace(/\s/g, "");
    });
}

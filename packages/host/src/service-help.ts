/** What a service of Quorate says of itself: its help and its manual page are made from it. */
export interface ServiceDescription {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly {
    readonly name: string;
    readonly metavar: string | null;
    readonly help: string;
  }[];
  readonly settingsFile: string;
  /** Meaning by key. */
  readonly settings: Readonly<Record<string, string>>;
  /** What else one must know; "" for nothing. */
  readonly remark: string;
  readonly signals: string;
  readonly exitStatus: string;
}

const LINE_LENGTH_MAX = 128;

/** The text of `--help`. */
export function serviceHelp(service: ServiceDescription): string {
  const options = service.options.map(
    ({ name, metavar, help }) => `  ${`${name} ${metavar ?? ""}`.padEnd(13)}${help}`,
  );
  const settings = Object.entries(service.settings).map(([key, meaning]) => `  ${key.padEnd(25)}${meaning}`);
  const paragraphs = [
    `${service.name}: ${service.summary}`,
    `Usage: ${service.name} ${service.usage}`,
    ["Options:", ...options].join("\n"),
    [`Configuration, in DIR${service.settingsFile}, lines "key = value":`, ...settings].join("\n"),
    ...(service.remark === "" ? [] : [wrap(service.remark)]),
    wrap(`Signals: ${service.signals}`),
    wrap(`Exit status: ${service.exitStatus}`),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > LINE_LENGTH_MAX) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

import {
  addDuration,
  type DateTime,
  type DayForm,
  dateTimeText,
  durationText,
  parseDateTime,
  parseIsoDuration,
  parsePeriod,
} from "@quorate/cib";
import { XmlElement, XmlText } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import type { World } from "../world.ts";

const COMMANDS = "Commands";
const MODIFIERS = "Form of dates";

const options = {
  now: flagOption({ long: "now", short: "n", help: "Show the time of now", heading: COMMANDS }),
  date: valueOption({
    long: "date",
    short: "d",
    metavar: "DATE",
    help: "Read a date, such as '2019-09-24 00:30:00 +01:00' or 2019-040",
    heading: COMMANDS,
  }),
  period: valueOption({
    long: "period",
    short: "p",
    metavar: "PERIOD",
    help: "Read a period, such as 2005-040/2005-043 or 2005-040/P3D",
    heading: COMMANDS,
  }),
  duration: valueOption({
    long: "duration",
    short: "D",
    metavar: "DURATION",
    help: "Read a duration, such as P1M; with a date, show when it ends",
    heading: COMMANDS,
  }),
  expected: valueOption({
    long: "expected",
    short: "E",
    metavar: "TEXT",
    help: "With --now or --date: exit status 1 when the result is another one",
    heading: COMMANDS,
  }),
  seconds: flagOption({
    long: "seconds",
    short: "s",
    help: "Seconds since 0001-001 00:00:00Z",
    heading: MODIFIERS,
  }),
  epoch: flagOption({
    long: "epoch",
    short: "S",
    help: "Seconds since 1970-001 00:00:00Z",
    heading: MODIFIERS,
  }),
  local: flagOption({
    long: "local",
    short: "L",
    help: "With the offset it was given in",
    heading: MODIFIERS,
  }),
  ordinal: flagOption({ long: "ordinal", short: "O", help: "As day of the year", heading: MODIFIERS }),
  week: flagOption({ long: "week", short: "W", help: "As day of the week of the year", heading: MODIFIERS }),
  verbose: flagOption({ long: "verbose", short: "V", help: "Accepted", isHidden: true }),
};

type Options = ParsedValues<typeof options>;

/** A date, duration or period that is none. */
const INVALID_PARAMETER = 2;

/** From the first of January of the year 1 to that of 1970. */
const SECONDS_BEFORE_EPOCH = 62_135_596_800;

/** `iso8601`: dates and times as the cluster reads them. Source: iso8601(8). */
export const main = defineCommand({
  name: "iso8601",
  summary: "read and show ISO 8601 dates, periods and durations",
  usage: "COMMAND [options]",
  examples: [
    { line: "iso8601 --now", explanation: "The time of now" },
    { line: "iso8601 --date 2009-01-31 --duration P1M", explanation: "A month after a date" },
    { line: "iso8601 --period 2005-040/P3D", explanation: "When a period begins and ends" },
  ],
  options,
  run: ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const nowS = Math.floor(world.nowMs() / 1000);
    const reading = { nowS, localOffsetS: -new Date(world.nowMs()).getTimezoneOffset() * 60 };
    let result: DateTime | null = null;
    if (chosen.now) {
      result = { epochS: nowS, offsetS: reading.localOffsetS };
      show(output, "Current date/time", "date", shownDate(result, chosen));
    }
    if (chosen.date !== null) {
      result = parseDateTime(chosen.date, reading);
      if (result === null) return refuse(world, "date/time", chosen.date);
      show(output, "Date", "date", shownDate(result, chosen));
    }
    if (chosen.duration !== null) {
      const duration = parseIsoDuration(chosen.duration);
      if (duration === null) return refuse(world, "duration", chosen.duration);
      show(output, "Duration", "duration", durationText(duration));
      if (result !== null) {
        result = addDuration(result, duration);
        const end = shownDate(result, { ...chosen, local: true });
        show(output, "Duration ends at", "duration_ends", end);
      }
    }
    if (chosen.period !== null) {
      const period = parsePeriod(chosen.period, reading);
      if (period === null) return refuse(world, "interval", chosen.period);
      const [start, end] = [shownDate(period.start, chosen), shownDate(period.end, chosen)];
      output.show({
        text: () => `Period: ${start} to ${end}\n`,
        xml: () => {
          const element = new XmlElement("period");
          element.append(elementWith("start", start));
          element.append(elementWith("end", end));
          return [element];
        },
      });
    }
    const isOther =
      result !== null && chosen.expected !== null && shownDate(result, chosen) !== chosen.expected;
    return isOther ? ExitCode.error : ExitCode.ok;
  },
});

function shownDate(date: DateTime, chosen: Options): string {
  if (chosen.epoch) return String(date.epochS);
  if (chosen.seconds) return String(date.epochS + SECONDS_BEFORE_EPOCH);
  const form: DayForm = chosen.week ? "week" : chosen.ordinal ? "ordinal" : "calendar";
  return dateTimeText(chosen.local ? date : { ...date, offsetS: 0 }, form);
}

function show(output: Output, label: string, name: string, text: string): void {
  output.show({ text: () => `${label}: ${text}\n`, xml: () => [elementWith(name, text)] });
}

function elementWith(name: string, text: string): XmlElement {
  const element = new XmlElement(name);
  element.append(new XmlText(text));
  return element;
}

function refuse(world: World, what: string, text: string): number {
  world.stderr(`${world.programName}: Invalid ${what} specified: ${text}\n`);
  return INVALID_PARAMETER;
}

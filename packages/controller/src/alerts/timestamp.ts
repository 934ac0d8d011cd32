const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * Writes a time in the manner of `date +FORMAT`, in local time: the conversions that people use in time stamps, with a width
 * (`%06N` are microseconds). One that is not known stays as it is.
 * Source: controller specification, 16; date(1).
 */
export function formatTimestamp(format: string, wallMs: number): string {
  const date = new Date(wallMs);
  return format.replace(/%(0?\d+)?([A-Za-z%])/g, (whole, width: string | undefined, letter: string) => {
    const text = convert(letter, date, wallMs, width === undefined ? null : Number(width));
    return text ?? whole;
  });
}

function convert(letter: string, date: Date, wallMs: number, width: number | null): string | null {
  const padded = (value: number, size: number) => String(value).padStart(width ?? size, "0");
  const hour12 = date.getHours() % 12 === 0 ? 12 : date.getHours() % 12;
  const nested = (format: string) => formatTimestamp(format, wallMs);
  switch (letter) {
    case "%":
      return "%";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "Y":
      return padded(date.getFullYear(), 1);
    case "y":
      return padded(date.getFullYear() % 100, 2);
    case "m":
      return padded(date.getMonth() + 1, 2);
    case "d":
      return padded(date.getDate(), 2);
    case "e":
      return String(date.getDate()).padStart(2, " ");
    case "H":
      return padded(date.getHours(), 2);
    case "I":
      return padded(hour12, 2);
    case "M":
      return padded(date.getMinutes(), 2);
    case "S":
      return padded(date.getSeconds(), 2);
    case "N":
      return String((((wallMs % 1000) + 1000) % 1000) * 1_000_000)
        .padStart(9, "0")
        .slice(0, width ?? 9);
    case "s":
      return padded(Math.floor(wallMs / 1000), 1);
    case "j":
      return padded(dayOfYear(date), 3);
    case "u":
      return String(date.getDay() === 0 ? 7 : date.getDay());
    case "w":
      return String(date.getDay());
    case "a":
      return DAYS[date.getDay()]?.slice(0, 3) ?? "";
    case "A":
      return DAYS[date.getDay()] ?? "";
    case "b":
    case "h":
      return MONTHS[date.getMonth()]?.slice(0, 3) ?? "";
    case "B":
      return MONTHS[date.getMonth()] ?? "";
    case "p":
      return date.getHours() < 12 ? "AM" : "PM";
    case "z":
      return offsetOf(date);
    case "F":
      return nested("%Y-%m-%d");
    case "T":
      return nested("%H:%M:%S");
    case "R":
      return nested("%H:%M");
    case "D":
      return nested("%m/%d/%y");
    default:
      return null;
  }
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 0);
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000);
}

function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (value: number) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

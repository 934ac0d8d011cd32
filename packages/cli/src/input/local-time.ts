/** `Fri Mar  2 05:46:23 2012`, in the time zone of the process. */
export function classicLocalTime(date: Date): string {
  const [weekday, month, day, year, time] = date.toString().split(" ");
  return `${weekday} ${month} ${day!.replace(/^0/, " ")} ${time} ${year}`;
}

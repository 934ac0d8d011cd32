/** What stands in the place of a secret. */
const MASK = "******";

/** Names whose values are secret wherever they stand; Corosync's `token` is a time. Further ones are regular expressions, too. */
const SECRET_NAMES = ["passw.*", ".*passw(?:or)?d", ".*secret.*", ".+[_-]token", "community"] as const;

/** Makes a function that takes secrets out of a text: out of XML, configuration files and lines of a log. @throws SyntaxError */
export function maskerOf(further: readonly string[]): (text: string) => string {
  const names = [...SECRET_NAMES, ...further].map((pattern) => `(?:${pattern})`).join("|");
  const isSecret = new RegExp(`^(?:${names})$`, "i");
  return (text) =>
    text
      // <nvpair name="passwd" value="x"/>, its attributes in any order.
      .replace(/<nvpair\b[^>]*>/g, (tag) => {
        const name = /\bname=(["'])(.*?)\1/.exec(tag)?.[2] ?? "";
        return isSecret.test(name) ? tag.replace(/\bvalue=(["']).*?\1/, `value="${MASK}"`) : tag;
      })
      // passwd="x", passwd=x, password: x
      .replace(
        /([A-Za-z_][\w.-]*)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;"'<>]+)/g,
        (all, name, between, value) => {
          if (!isSecret.test(name)) return all;
          const quote = /^["']/.test(value) ? value[0] : "";
          return `${name}${between}${quote}${MASK}${quote}`;
        },
      );
}

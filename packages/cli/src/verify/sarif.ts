import { versionText } from "../version.ts";
import type { Finding } from "./findings.ts";

/** The findings in the Static Analysis Results Interchange Format, version 2.1.0. */
export function sarifOf(findings: readonly Finding[], place: string): unknown {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "quorate lint",
            version: versionText().split("\n")[0]!.replace("Quorate ", ""),
            rules: rules.map((id) => ({ id })),
          },
        },
        results: findings.map(({ rule, severity, message, line }) => ({
          ruleId: rule,
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: place },
                ...(line > 0 ? { region: { startLine: line } } : {}),
              },
            },
          ],
        })),
      },
    ],
  };
}

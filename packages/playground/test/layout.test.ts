import { describe, expect, test } from "vitest";
import { initialConfiguration } from "../src/initial-cib.ts";
import { layoutOf, nodeMarker, playgroundMarker } from "../src/layout.ts";

describe("layout", () => {
  const layout = layoutOf("/tmp/p", ["node1", "node2"]);

  test("everything lies below the directory, each node below a root of its own", () => {
    expect(layout).toEqual({
      directory: "/tmp/p",
      controlSocket: "/tmp/p/control.sock",
      keyFile: "/tmp/p/engine.key",
      nodes: [
        {
          nodeId: 1,
          name: "node1",
          root: "/tmp/p/node1",
          socket: "/tmp/p/node1/run/quorate/quorated.sock",
          logFile: "/tmp/p/node1.log",
        },
        {
          nodeId: 2,
          name: "node2",
          root: "/tmp/p/node2",
          socket: "/tmp/p/node2/run/quorate/quorated.sock",
          logFile: "/tmp/p/node2.log",
        },
      ],
    });
  });

  test("markers tell playgrounds and nodes apart", () => {
    const other = layoutOf("/tmp/q", ["node1"]);
    expect(playgroundMarker(layout.directory)).not.toEqual(playgroundMarker(other.directory));
    expect(nodeMarker(layout.nodes[0]!)).not.toEqual(nodeMarker(layout.nodes[1]!));
    expect(nodeMarker(layout.nodes[0]!)).not.toEqual(nodeMarker(other.nodes[0]!));
  });

  test("the first configuration names the nodes, the switch and the port", () => {
    const text = initialConfiguration(layout, { webPort: 8123 });
    expect(text).toContain('name="socket" value="/tmp/p/control.sock"');
    expect(text).toContain('name="port" value="8123"');
    expect(text).toContain('node="node1" score="50"');
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

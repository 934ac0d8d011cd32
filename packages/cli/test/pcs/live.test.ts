import { emptyCib, FEATURE_SET } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryCluster, type Request } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

function parse(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

/** The digest is that of no parameters. */
const RESULT =
  '<lrm_rsc_op id="a_last_0" operation_key="a_OP_0" operation="OP" call-id="ID" rc-code="RC" op-status="0" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8" interval="0" transition-key="1:1:RC:u" transition-magic="0:RC;1:1:RC:u"/>';

function history(isRunning: boolean): string {
  const result = (operation: string, rc: number) =>
    RESULT.replaceAll("OP", operation).replaceAll("ID", "1").replaceAll("RC", String(rc));
  return `<lrm_resource id="a" class="ocf" provider="pacemaker" type="Dummy">${isRunning ? result("start", 0) : result("monitor", 7)}</lrm_resource>`;
}

function status(runsOn: string): string {
  const node = (id: string, name: string) =>
    `<node_state id="${id}" uname="${name}" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="${id}"><lrm_resources>${history(name === runsOn)}</lrm_resources></lrm></node_state>`;
  return `<status>${node("1", "n1")}${node("2", "n2")}</status>`;
}

/** A cluster of two nodes with the resource `a` on n1, where everything happens at once. */
class Cluster extends MemoryCluster {
  readonly world = new MemoryWorld();
  /** Answers an operation in place of the CIB manager when it returns something. */
  intercept: (request: Request) => unknown = () => undefined;
  writes: string[] = [];

  constructor(constraints = "") {
    const text = serializeXml(emptyCib({ featureSet: FEATURE_SET, schema: "pacemaker-4.0" }))
      .replace("<cib ", '<cib have-quorum="1" dc-uuid="1" ')
      .replace("<nodes/>", '<nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>')
      .replace(
        "<crm_config/>",
        '<crm_config><cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>',
      )
      .replace(
        "</configuration>",
        '<rsc_defaults><meta_attributes id="d"><nvpair id="d-s" name="resource-stickiness" value="100"/></meta_attributes></rsc_defaults></configuration>',
      )
      .replace(
        "<resources/>",
        '<resources><primitive id="a" class="ocf" provider="pacemaker" type="Dummy"/></resources>',
      )
      .replace("<constraints/>", `<constraints>${constraints}</constraints>`)
      .replace("<status/>", status("n1"));
    super(text);
    const answer = this.answers["cib.request"] as (request: Request) => unknown;
    this.world.daemon = {
      "cib.request": (request: Request) => {
        const intercepted = this.intercept(request);
        if (intercepted !== undefined) return intercepted;
        if (request.operation !== "cib_query") this.writes.push(request.operation);
        return answer(request);
      },
    };
  }

  run(line: string) {
    return this.world.run(main, "pcs", ...line.split(" "));
  }

  get constraints(): string[] {
    const section = this.cib.first("configuration")!.first("constraints")!;
    return section.elements().map((one) => serializeXml(one).trim());
  }

  /** What the resource manager would do. */
  moveTo(node: string): void {
    this.cib = this.cib.clone();
    this.cib.first("status")!.remove();
    this.cib.append(parse(status(node)));
  }
}

const PREFER = '<rsc_location id="cli-prefer-a" rsc="a" role="Started" node="n1" score="INFINITY"/>';
const BAN = '<rsc_location id="cli-ban-a-on-n2" rsc="a" role="Started" node="n2" score="-INFINITY"/>';
const MADE_BY_HAND = '<rsc_location id="mine" rsc="a" node="n1" score="5"/>';

describe("pcs resource move", () => {
  function movable(constraints: string): Cluster {
    const cluster = new Cluster(constraints);
    cluster.intercept = ({ operation }) => {
      if (operation === "cib_modify") setImmediate(() => cluster.moveTo("n2"));
      return undefined;
    };
    return cluster;
  }

  test.each([[""], [MADE_BY_HAND], [`${MADE_BY_HAND}${BAN.replaceAll("n2", "n3")}`]])(
    "leaves the constraints as they were before: %s",
    async (constraints) => {
      const cluster = movable(constraints);
      const before = cluster.constraints;
      const result = await cluster.run("resource move a n2");
      expect(result).toMatchObject({
        status: 0,
        stderr: expect.stringContaining("resource 'a' is running on node 'n2'"),
      });
      expect(cluster.constraints).toEqual(before);
      expect(cluster.writes).toContain("cib_modify");
    },
  );

  test("puts back a preference that it replaced", async () => {
    const cluster = movable(PREFER.replace("INFINITY", "50"));
    const before = cluster.constraints;
    expect(await cluster.run("resource move a n2")).toMatchObject({ status: 0 });
    expect(cluster.constraints).toEqual(before);
  });

  test("puts back what it removed when the new constraint is refused", async () => {
    const cluster = new Cluster(BAN.replace("-INFINITY", "-50"));
    const before = cluster.constraints;
    cluster.intercept = ({ operation }) =>
      operation === "cib_modify" ? { kind: "unavailable", reason: "no DC" } : undefined;
    const result = await cluster.run("resource move a n2");
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("no DC") });
    expect(cluster.writes).toContain("cib_delete");
    expect(cluster.constraints).toEqual(before);
  });

  test("an interruption leaves nothing behind, and says so", async () => {
    const cluster = new Cluster(PREFER.replace("INFINITY", "50"));
    const before = cluster.constraints;
    let interrupt: (signal: "SIGINT") => void = () => {};
    cluster.world.signal = new Promise((resolve) => {
      interrupt = resolve;
    });
    cluster.intercept = ({ operation }) => {
      if (operation === "cib_modify")
        setTimeout(() => {
          expect(cluster.world.signals).toBe("held");
          expect(cluster.constraints).not.toEqual(before);
          interrupt("SIGINT");
        }, 50);
      return undefined;
    };
    const result = await cluster.run("resource move a n2");
    expect(result).toMatchObject({ status: 130, stderr: expect.stringContaining("interrupted (SIGINT)") });
    expect(cluster.constraints).toEqual(before);
    expect(cluster.world.signals).toBe("free");
    // What still waits comes to its end.
    cluster.moveTo("n2");
  });

  test("leaves what somebody else made of its constraint", async () => {
    const cluster = new Cluster();
    cluster.intercept = ({ operation }) => {
      if (operation !== "cib_modify") return undefined;
      let looks = 0;
      cluster.intercept = () => {
        // After the command has looked at what it made.
        if (++looks === 3) {
          const preference = [...cluster.cib.descendants("rsc_location")][0]!;
          preference.set("score", "7");
          cluster.moveTo("n2");
        }
        return undefined;
      };
      return undefined;
    };
    const result = await cluster.run("resource move a n2");
    expect(result.stderr).toContain("changed by somebody else");
    expect(cluster.constraints).toEqual([expect.stringContaining('score="7"')]);
  });
});

describe("pcs resource move looks ahead", () => {
  test.each([
    ["that a preference would undo", PREFER, "resource move a n2", "would go to n1"],
    ["that a ban forbids", BAN.replace("cli-", ""), "resource move a n2", "would not move to n2"],
    ["to where it is", "", "resource move a n1", "it is running on n1 already"],
  ])("a move %s is refused before anything is written", async (_, constraints, line, message) => {
    const cluster = new Cluster(constraints);
    const result = await cluster.run(line);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    expect(cluster.writes).toEqual([]);
  });
});

describe("pcs resource safe-disable", () => {
  const beside = '<primitive id="b" class="ocf" provider="pacemaker" type="Dummy"/>';
  function cluster(isAlone: boolean): Cluster {
    const made = new Cluster();
    if (!isAlone) made.cib.first("configuration")!.first("resources")!.append(parse(beside));
    made.intercept = ({ operation }) => {
      if (operation === "cib_apply_diff") setImmediate(() => made.moveTo("nowhere"));
      return undefined;
    };
    return made;
  }

  test.each([
    ["alone", true, "safe-disable a", 0],
    ["alone, waiting", true, "safe-disable a --wait", 0],
    ["with the option", true, "disable a --safe", 0],
    ["while another would start", false, "safe-disable a", 1],
    ["while another would start, which is not strict", false, "safe-disable a --no-strict", 0],
    ["while another would start, with --force", false, "safe-disable a --force", 0],
  ])("%s", async (_, isAlone, line, status) => {
    const made = cluster(isAlone);
    const result = await made.run(`resource ${line}`);
    expect(result.status).toBe(status);
    expect(made.writes).toEqual(status === 0 ? ["cib_apply_diff"] : []);
    if (status === 1) expect(result.stderr).toContain("'b'");
  });

  test("--simulate shows what would happen, and writes nothing", async () => {
    const made = cluster(false);
    const full = await made.run("resource disable a --simulate");
    expect(full).toMatchObject({ status: 0, stdout: expect.stringContaining("Transition Summary:") });
    expect(await made.run("resource disable a --simulate --brief")).toMatchObject({ stdout: "b\n" });
    expect(made.writes).toEqual([]);
  });
});

describe("pcs resource relocate", () => {
  const WISH = '<rsc_location id="wish" rsc="a" node="n2" score="5"/>';

  test("moves what only its stickiness keeps away, and leaves nothing behind", async () => {
    const cluster = new Cluster(WISH);
    const before = cluster.constraints;
    const planned = await cluster.run("resource relocate dry-run");
    expect(planned.stderr).toContain("'a' would move from n1 to n2");
    expect(cluster.writes).toEqual([]);
    let meanwhile: string[] = [];
    cluster.intercept = ({ operation }) => {
      if (operation === "cib_apply_diff" && meanwhile.length === 0)
        setImmediate(() => {
          meanwhile = cluster.constraints;
          cluster.moveTo("n2");
        });
      return undefined;
    };
    expect(await cluster.run("resource relocate run a")).toMatchObject({ status: 0 });
    expect(meanwhile).toContainEqual(expect.stringContaining('id="pcs-relocate-a" rsc="a" node="n2"'));
    expect(cluster.constraints).toEqual(before);
    expect((await cluster.run("resource relocate run")).stderr).toContain("where they prefer to be");
  });
});

describe("pcs resource relocate run", () => {
  test("a resource that ends elsewhere is no success", async () => {
    const cluster = new Cluster('<rsc_location id="wish" rsc="a" node="n2" score="5"/>');
    cluster.intercept = ({ operation }) => {
      if (operation !== "cib_apply_diff") return undefined;
      cluster.intercept = () => undefined;
      // Somebody forbids the node at the same time.
      setImmediate(() => {
        const ban = parse('<rsc_location id="theirs" rsc="a" node="n2" score="-INFINITY"/>');
        cluster.cib.first("configuration")!.first("constraints")!.append(ban);
      });
      return undefined;
    };
    const result = await cluster.run("resource relocate run a");
    expect(result).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Resource 'a' did not move to n2: it is running on n1"),
    });
    expect(cluster.constraints.join()).not.toContain("pcs-relocate-");
  });
});

describe("pcs --wait", () => {
  test("waits until nothing is left to do, whatever node this is", async () => {
    const cluster = new Cluster();
    let looks = 0;
    cluster.intercept = ({ operation }) => {
      if (operation === "cib_query" && cluster.writes.length > 0 && ++looks === 2) cluster.moveTo("n2");
      return undefined;
    };
    expect(await cluster.run("resource ban a n1 --wait")).toMatchObject({ status: 0 });
    expect(looks).toBeGreaterThan(1);
  });

  test.each(["CIB_file", "CIB_shadow"])("is refused with %s before anything is written", async (name) => {
    const world = new MemoryWorld();
    const text = serializeXml(new Cluster().cib);
    const path = name === "CIB_file" ? "cib.xml" : "/var/lib/quorate/cib/shadow.s";
    world.files.set(path, text);
    world.env[name] = name === "CIB_file" ? path : "s";
    for (const line of [
      "resource meta a is-managed=false --wait",
      "resource move a n2",
      "node standby n1 --wait",
    ]) {
      expect(await world.run(main, "pcs", ...line.split(" "))).toMatchObject({ status: 1 });
    }
    expect(world.files.get(path)).toBe(text);
    expect(world.requests).toEqual([]);
  });
});

describe("a change that the CIB answers with", () => {
  const failures = [{ node: "n2", code: "ENOSPC", message: "no space" }];
  test.each([
    [{ kind: "notDurable", failures }, "Error: The change is in effect", false],
    [{ kind: "outcomeUnknown", reason: "DC left" }, "Error: The change may or may not be in effect", false],
    [{ kind: "unavailable", reason: "no DC" }, "The CIB could not be changed", true],
    [{ kind: "done", code: "schema", reason: "line one\nline two", data: null }, "Error: line two", true],
  ])("%j says what is true", async (answer, message, isUnchanged) => {
    const cluster = new Cluster();
    cluster.intercept = ({ operation }) => (operation === "cib_query" ? undefined : answer);
    const { status, stderr } = await cluster.run("resource meta a is-managed=false");
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.includes("could not be changed")).toBe(isUnchanged);
    for (const line of ["resource ban a n2", "cluster cib-upgrade"]) {
      const other = await cluster.run(line);
      expect(other.stderr).toContain(message.replace("The CIB could not be changed", "cannot"));
    }
  });
});

describe("pcs cluster cib-push", () => {
  function cluster(): Cluster {
    const made = new Cluster();
    made.cib.set("epoch", "5");
    return made;
  }
  const changed = (from: Cluster, epoch: string) =>
    serializeXml(from.cib)
      .replace('epoch="5"', `epoch="${epoch}"`)
      .replace("</nodes>", '<node id="3" uname="n3"/></nodes>');

  test("refuses a whole CIB that is older, and says what to do", async () => {
    const old = cluster();
    old.world.files.set("f", changed(old, "4"));
    const result = await old.run("cluster cib-push f");
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("is older than the CIB") });
    expect(serializeXml(old.cib)).not.toContain("n3");
  });

  test.each([
    ["f", "6"],
    ["f --config", "4"],
    ["f scope=nodes", "4"],
    ["f diff-against=g", "4"],
  ])("cib-push %s of a file with epoch %s takes", async (words, epoch) => {
    const taking = cluster();
    taking.world.files.set("f", changed(taking, epoch));
    taking.world.files.set("g", serializeXml(taking.cib));
    const result = await taking.run(`cluster cib-push ${words}`);
    expect(result).toMatchObject({ status: 0, stderr: expect.stringContaining("CIB updated") });
    expect(serializeXml(taking.cib)).toContain('uname="n3"');
  });

  test("keeps the schema that the file names", async () => {
    const whole = cluster();
    whole.world.files.set("f", changed(whole, "6").replace("pacemaker-4.0", "pacemaker-3.10"));
    await whole.run("cluster cib-push f");
    expect(whole.cib.get("validate-with")).toBe("pacemaker-3.10");
  });

  test("refuses a meta-attribute whose type forbids its value", async () => {
    const wrong = cluster();
    const meta =
      '<meta_attributes id="m"><nvpair id="m-i" name="is-managed" value="fasle"/></meta_attributes>';
    const text = changed(wrong, "6").replace(
      /type="Dummy"\/>\s*<\/resources>/,
      `type="Dummy">${meta}</primitive></resources>`,
    );
    wrong.world.files.set("f", text);
    expect(await wrong.run("cluster cib-push f")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("fasle"),
    });
    expect(wrong.writes).toEqual([]);
  });
});

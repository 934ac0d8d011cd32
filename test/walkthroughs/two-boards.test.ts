import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOCKER_UNIT } from "../lab/docker.ts";
import { comesToReach, whySkipped } from "../lab/test-lab.ts";
import { hasAddress, hasInterface } from "../lab/watcher.ts";
import { WAIT_MS_MAX, Walkthrough } from "./walkthrough.ts";

const ADDRESS = "10.77.0.60";
const [P1, P2] = ["raspberrypi-1", "raspberrypi-2"] as const;
const PASSWORD = "walk-through-4";

/** The first process of a container gets no signal that it does not wait for: the shell does, for httpd. */
const IMAGE = `set -e
mkdir -p /root/image/bin /root/image/www
for applet in sh httpd; do cp "$(command -v busybox)" /root/image/bin/$applet; done
echo "It works!" >/root/image/www/index.html
tar -C /root/image -c . | docker import --change 'CMD ["/bin/sh","-c","trap exit TERM; httpd -f -h /www & wait"]' - httpd
`;

/** A board takes longer to boot than its fence agent waits for the power; a host of the lab does not. */
const SLOW_BOOT_UNIT = `[Unit]
Description=What else a board does when it boots

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep 20
`;

describe.skipIf(whySkipped !== "")(
  `walk-through: two small boards, a container and its address${whySkipped}`,
  () => {
    let person: Walkthrough;

    beforeAll(async () => {
      person = await Walkthrough.begin("4-two-small-boards.md", { hosts: [P1, P2], isClusterSetUp: false });
      const agent = readFileSync(join(import.meta.dirname, "../lab/agents/fence_relaybox"), "utf8");
      for (const host of person.cluster.lab.hosts) {
        host.writeFile("/usr/sbin/fence_sleepi3", agent, 0o755);
        host.writeFile("/etc/lab/relay-wiring", `${host.name === P1 ? P2 : P1}\n`);
        host.writeFile("/etc/systemd/system/docker.service", DOCKER_UNIT);
        host.writeFile("/etc/systemd/system/slow-boot.service", SLOW_BOOT_UNIT);
        host.writeFile(
          "/etc/systemd/system/corosync.service.d/slow-boot.conf",
          "[Unit]\nWants=slow-boot.service\nAfter=slow-boot.service\n",
        );
        person.write(
          host.name,
          "docker.conf",
          "/etc/systemd/system/resource-agents-deps.target.d/docker.conf",
        );
        person.write(host.name, "page-home.service", "/etc/systemd/system/page-home.service");
        // A host of the lab boots into a target of its own, and its units find the distribution's commands first.
        host.writeFile("/etc/systemd/system/page-home.service.d/lab.conf", "[Unit]\nAfter=lab.target\n");
        host.writeFile(
          "/usr/local/bin/pcs",
          `#!/bin/sh\nexec ${process.execPath} ${(await host.must(["which", "pcs"])).trim()} "$@"\n`,
          0o755,
        );
        await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
        await host.must(["systemctl", "daemon-reload"]);
        await host.must(["systemctl", "enable", "quorate-pcsd"]);
        await host.must(["systemctl", "start", "docker", "slow-boot"], { timeoutMs: WAIT_MS_MAX });
        await host.must(["bash", "-c", IMAGE], { timeoutMs: WAIT_MS_MAX });
      }
      person.cluster.watch("the address", (host) => hasAddress(host, ADDRESS));
      person.cluster.watch("the container", (host) => hasInterface(host, "veth"));
    });

    afterAll(() => person?.end());

    /** The one host that both run on. */
    function active(): string | null {
      const [address, container] = person.cluster.watchers;
      const host = address!.hosts[0];
      return host !== undefined && address!.hosts.length === 1 && container!.hosts.join() === host
        ? host
        : null;
    }

    async function untilOn(host: string): Promise<void> {
      await person.cluster.until(`both on ${host}`, WAIT_MS_MAX, async () => active() === host);
    }

    async function expectPage(visitor: string): Promise<void> {
      expect(await comesToReach(person.cluster.host(visitor), ADDRESS)).toBe(true);
      await person.untilShown(visitor, `curl --silent --max-time 5 http://${ADDRESS}/`, /^It works!\n$/);
    }

    function bothStartedOn(host: string): RegExp {
      return new RegExp(
        `2 resource instances configured\n[^]*Apache_container\t\\(ocf:heartbeat:docker\\):\t Started ${host}\n {2}\\* VIP\t\\(ocf:heartbeat:IPaddr2\\):\t Started ${host}\n\n`,
      );
    }

    function boots(host: Host): number {
      return host
        .console()
        .split("\n")
        .filter((line) => line.endsWith(`${host.name} boots`)).length;
    }

    test("the boards get to know each other, and become a cluster", async () => {
      await person.type(P1, "pcs cluster destroy");
      const authorized = await person.answer(P1, `pcs host auth ${P1} ${P2} -u hacluster`, {
        "Password: ": PASSWORD,
      });
      for (const board of [P1, P2]) expect(authorized).toContain(`${board}: Authorized\n`);
      const setUp = await person.type(P1, `pcs cluster setup apachecluster ${P1} ${P2}`);
      for (const board of [P1, P2]) {
        expect(setUp).toContain(`No addresses specified for host '${board}', using '${board}'\n`);
        for (const done of [
          "Successfully destroyed cluster",
          "successful removal of the file 'pcsd settings'",
          "successful distribution of the file 'corosync authkey'",
          "successful distribution of the file 'corosync.conf'",
        ])
          expect(setUp).toContain(`${board}: ${done}\n`);
      }
      expect(setUp).toMatch(/Cluster has been successfully set up\.\n$/);
      await person.type(P1, "pcs cluster enable --all");
      await person.type(P1, "pcs cluster start --all");
      await person.cluster.untilAllOnline();
    });

    test("a typo in an option is refused, and nothing changes", async () => {
      const before = await person.type(P1, "pcs property config");
      const refused = await person.type(P1, "pcs property set stonith-enabled=ture", 1);
      expect(refused).toMatch(/'ture' is not a valid stonith-enabled value, did you mean 'true'\?/);
      expect(await person.type(P1, "pcs property config")).toBe(before);
      await person.type(P1, "pcs property set stonith-enabled=true");
      await person.type(P1, "pcs property set no-quorum-policy=ignore");
      await person.idle(P1);
      expect(await person.type(P1, "pcs status")).toContain(
        "No stonith devices and stonith-enabled is not false",
      );
    });

    test("a container that was started by hand is taken over, and its address follows it", async () => {
      // With fencing enabled and no device nothing would start: it waits until the device is there.
      await person.type(P1, "pcs property set stonith-enabled=false");
      await person.type(P1, "docker run --detach --name httpd-test -p 80:80 httpd >/dev/null");
      await person.type(
        P1,
        'pcs resource create Apache_container ocf:heartbeat:docker image="httpd" name="httpd-test" run_opts="--name httpd-test -p 80:80"',
      );
      await person.typeAsPlanned(
        P1,
        `pcs resource create VIP ocf:heartbeat:IPaddr2 ip=${ADDRESS} cidr_netmask=24`,
      );
      await person.typeAsPlanned(P1, "pcs constraint colocation add VIP with Apache_container INFINITY");
      await person.idle(P1);
      await person.untilShown(P1, "pcs status", bothStartedOn(P1));
      expect(await person.type(P1, "ip a show eth0")).toContain(`inet ${ADDRESS}/24`);
      await expectPage(P2);
    });

    test("one board is off: the other goes on without quorum", async () => {
      await person.type(P1, "pcs cluster stop --all");
      await person.cluster.host(P2).powerOff();
      await person.type(P1, "pcs cluster start");
      const shown = await person.untilShown(P1, "pcs status", bothStartedOn(P1));
      expect(shown).toContain("partition WITHOUT quorum");
      expect(shown).toContain(`OFFLINE: [ ${P2} ]`);
      await person.cluster.host(P2).powerOn();
      await person.cluster.untilAllOnline();
      await person.untilShown(P1, "pcs status", bothStartedOn(P1));
    });

    test("standby: both on the other board", async () => {
      await person.type(P1, "pcs node standby raspberrypi-1 --plan");
      await person.typeAsPlanned(P1, "pcs node standby raspberrypi-1");
      const shown = await person.untilShown(P1, "pcs status", bothStartedOn(P2));
      expect(shown).toContain("Node raspberrypi-1: standby");
      await person.typeAsPlanned(P1, "pcs node unstandby raspberrypi-1");
    });

    test("a move takes the container along, and leaves no constraint behind", async () => {
      if (active() !== P2) await person.type(P1, "pcs resource move VIP raspberrypi-2");
      await untilOn(P2);
      for (const to of [P1, P2, P1]) {
        await person.typeAsPlanned(P1, `pcs resource move VIP ${to}`);
        await untilOn(to);
        expect(await person.type(P1, "pcs constraint location config")).not.toContain("VIP");
      }
      await person.idle(P1);
    });

    test("a board that restarts every day: the page is away while it moves, and at no other time", async () => {
      await person.type(P1, "systemctl enable page-home.service");
      const host = person.cluster.host(P1);
      await host.must(["systemctl", "add-wants", "lab.target", "page-home.service"]);
      const before = boots(host);
      const [address] = person.cluster.watchers;
      const seen = address!.sightings.length;
      await person.type(P1, "systemctl reboot");
      await untilOn(P2);
      await person.cluster.until("raspberrypi-1 to boot", WAIT_MS_MAX, async () => boots(host) > before);
      await untilOn(P1);
      const places = address!.sightings.slice(seen).map(({ hosts }) => hosts.join());
      expect(places).toEqual(["", P2, "", P1]);
      await person.cluster.untilAllOnline();
      // The board's own service moves the address home, and takes back what it did that with a moment later.
      await person.untilShown(P1, "pcs constraint location config", /^Location Constraints:\s*$/);
    });

    test("the vendor's fence agent: the board loses its power and boots again, and its box tells why", async () => {
      await person.type(
        P1,
        'pcs stonith create fence_raspi fence_sleepi3 pcmk_host_list="raspberrypi-1 raspberrypi-2" pcmk_host_check=static-list',
      );
      await person.typeAsPlanned(P1, "pcs property set stonith-enabled=true");
      await person.untilShown(
        P1,
        "pcs status",
        /fence_raspi\t\(stonith:fence_sleepi3\):\t Started raspberrypi-2\n/,
      );
      const host = person.cluster.host(P1);
      const before = boots(host);
      expect(await person.type(P2, "pcs stonith fence raspberrypi-1")).toContain(
        "Node: raspberrypi-1 fenced",
      );
      await host.untilUp();
      expect(boots(host)).toBe(before + 1);
      expect(await person.type(P2, "cat /run/lab/shared/relay-log")).toMatch(
        /raspberrypi-1 off \(external input\)\n.*raspberrypi-1 on \(external input\)/,
      );
      await person.cluster.untilAllOnline();
      await untilOn(P1);
    });

    for (const trouble of ["crash", "freeze"] as const)
      test(`a kernel that does not go on (${trouble}): fenced, taken over, and back`, async () => {
        await person.idle(P2);
        const victim = person.cluster.host(P1);
        const before = await person.cluster.successfulFencings(P2, P1);
        await victim[trouble]();
        await untilOn(P2);
        expect(await person.cluster.successfulFencings(P2, P1)).toBe(before + 1);
        await expectPage(P2);
        await victim.untilUp();
        await person.cluster.untilAllOnline();
        await untilOn(P1);
      });

    test("nothing ever ran on both boards, and the guide shows what happened", async () => {
      await person.idle(P2);
      await person.type(P2, "cat /run/lab/shared/relay-log");
      person.expectNeverTwice();
      person.expectGuide();
    });
  },
);

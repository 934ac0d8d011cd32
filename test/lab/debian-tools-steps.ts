/** What one command has to bring about. */
export interface Step {
  /** As it is typed; run without a shell, words parted by blanks. */
  readonly line: string;
  /** Exit status; 0 when it is left out. */
  readonly status?: number;
  /** What it has to print, on standard output or error. */
  readonly prints?: RegExp;
  /** XPath of what is in the CIB afterwards. */
  readonly has?: string;
  /** XPath of what is not. */
  readonly hasNot?: string;
  /** A resource that runs there afterwards, and nowhere else; "" for nowhere. */
  readonly runs?: readonly [resource: string, node: string];
}

const pair = (name: string, value: string) => `nvpair[@name='${name}'][@value='${value}']`;
const option = (name: string, value: string) => `//crm_config//${pair(name, value)}`;
const parameter = (id: string, name: string, value: string) =>
  `//primitive[@id='${id}']/instance_attributes/${pair(name, value)}`;
const meta = (id: string, name: string, value: string) =>
  `//primitive[@id='${id}']/meta_attributes/${pair(name, value)}`;

/** A cluster of node1 and node2, typed on node1. Later ones build on earlier ones. */
export const PCS_STEPS: readonly Step[] = [
  { line: "pcs property set stonith-enabled=false", has: option("stonith-enabled", "false") },
  { line: "pcs property set maintenance-mode=true", has: option("maintenance-mode", "true") },
  { line: "pcs property unset maintenance-mode", hasNot: "//nvpair[@name='maintenance-mode']" },
  {
    line: "pcs resource defaults update resource-stickiness=10",
    has: `//rsc_defaults//${pair("resource-stickiness", "10")}`,
  },
  {
    line: "pcs resource create db ocf:pacemaker:Dummy fake=a op monitor interval=15s --wait=60",
    has: "//primitive[@id='db']/operations/op[@name='monitor'][@interval='15s']",
  },
  { line: "pcs resource update db fake=b", has: parameter("db", "fake", "b") },
  { line: "pcs resource meta db priority=5", has: meta("db", "priority", "5") },
  {
    line: "pcs resource create web ocf:heartbeat:Dummy --group site",
    has: "//group[@id='site']/primitive[@id='web']",
  },
  { line: "pcs resource create st ocf:pacemaker:Stateful promotable", has: "//clone/primitive[@id='st']" },
  { line: "pcs resource move db node2", hasNot: "//rsc_location", runs: ["db", "node2"] },
  { line: "pcs constraint location db prefers node1=50", has: "//rsc_location[@rsc='db'][@score='50']" },
  { line: "pcs constraint order db then site", has: "//rsc_order[@first='db'][@then='site']" },
  {
    line: "pcs constraint colocation add site with db 100",
    has: "//rsc_colocation[@rsc='site'][@with-rsc='db']",
    runs: ["web", "node1"],
  },
  { line: "pcs constraint config --full", prints: /start db then start site/ },
  {
    line: "pcs resource ban db node2",
    has: "//rsc_location[@id='cli-ban-db-on-node2']",
    runs: ["db", "node1"],
  },
  {
    line: "pcs constraint location remove cli-ban-db-on-node2",
    hasNot: "//rsc_location[starts-with(@id,'cli-')]",
  },
  { line: "pcs node standby node2", has: `//node[@uname='node2']//${pair("standby", "on")}` },
  { line: "pcs node unstandby node2", hasNot: "//nodes//nvpair[@name='standby'][@value='on']" },
  { line: "pcs node maintenance node2", has: `//node[@uname='node2']//${pair("maintenance", "on")}` },
  { line: "pcs node unmaintenance node2", hasNot: `//nodes//${pair("maintenance", "on")}` },
  { line: "pcs node attribute node2 rack=7", has: `//node[@uname='node2']//${pair("rack", "7")}` },
  {
    line: "pcs status",
    prints: /Online: \[ node1 node2 \][\s\S]*db\s+\(ocf:pacemaker:Dummy\):\s+Started node1/,
  },
  { line: "pcs status nodes", prints: /Online: node1 node2/ },
  { line: "pcs quorum status", prints: /Quorate:\s+Yes/ },
  { line: "pcs resource status", prints: /Resource Group: site/ },
  { line: "pcs resource config db", prints: /fake=b/ },
  { line: "pcs cluster cib", prints: /<primitive[^>]* id="db"/ },
  { line: "pcs cluster verify" },
  { line: "pcs resource cleanup db", prints: /Cleaned up db/ },
  { line: "pcs resource refresh db", prints: /Refreshed db/ },
  {
    line: "pcs stonith create fence1 fence_ipmilan ip=10.77.0.101 username=lab password=lab-power lanplus=1 pcmk_host_list=node1",
    has: parameter("fence1", "pcmk_host_list", "node1"),
  },
  { line: "pcs stonith status", prints: /fence1\s+\(stonith:fence_ipmilan\)/ },
  { line: "pcs stonith level add 1 node1 fence1", has: "//fencing-level[@devices='fence1']" },
  { line: "pcs stonith level clear", hasNot: "//fencing-level" },
  { line: "pcs stonith history" },
  { line: "pcs stonith delete fence1", hasNot: "//primitive[@id='fence1']" },
  { line: "pcs resource disable db --wait=60", has: meta("db", "target-role", "Stopped"), runs: ["web", ""] },
  { line: "pcs resource enable db --wait=60", runs: ["db", "node1"] },
  { line: "pcs resource delete st", hasNot: "//primitive[@id='st']" },
];

/** On what the commands of pcs left. */
export const CRM_STEPS: readonly Step[] = [
  { line: "crm status", prints: /Online: \[ node1 node2 \]/ },
  { line: "crm configure show", prints: /primitive db ocf:pacemaker:Dummy/ },
  { line: "crm configure show xml", prints: /<primitive id="db"/ },
  { line: "crm configure verify" },
  {
    line: "crm configure primitive p1 ocf:pacemaker:Dummy params fake=x op monitor interval=20s",
    has: parameter("p1", "fake", "x"),
  },
  {
    line: "crm configure location l1 p1 50: node1",
    has: "//rsc_location[@id='l1'][@score='50']",
    runs: ["p1", "node1"],
  },
  { line: "crm configure property no-quorum-policy=stop", has: option("no-quorum-policy", "stop") },
  { line: "crm resource status p1", prints: /resource p1 is running on: node1/ },
  { line: "crm resource move p1 node2", runs: ["p1", "node2"] },
  { line: "crm resource clear p1", hasNot: "//rsc_location[starts-with(@id,'cli-')]" },
  { line: "crm resource param p1 set fake y", has: parameter("p1", "fake", "y") },
  { line: "crm resource param p1 show fake", prints: /^y$/m },
  { line: "crm resource meta p1 set priority 3", has: meta("p1", "priority", "3") },
  { line: "crm resource stop p1", has: meta("p1", "target-role", "Stopped"), runs: ["p1", ""] },
  { line: "crm resource start p1", has: meta("p1", "target-role", "Started") },
  { line: "crm resource cleanup p1", prints: /Cleaned up p1/ },
  { line: "crm node standby node2", has: `//node[@uname='node2']//${pair("standby", "on")}` },
  { line: "crm node online node2", has: `//node[@uname='node2']//${pair("standby", "off")}` },
  {
    line: "crm node attribute node1 set colour red",
    has: `//node[@uname='node1']//${pair("colour", "red")}`,
  },
  { line: "crm node attribute node1 show colour", prints: /value=red/ },
  { line: "crm resource stop p1", runs: ["p1", ""] },
  { line: "crm configure delete p1", hasNot: "//*[@id='p1' or @id='l1']" },
];

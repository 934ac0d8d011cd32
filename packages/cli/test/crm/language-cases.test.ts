import type { AgentCatalogue } from "@quorate/executor";
import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="n1">
        <instance_attributes id="nodes-1">
          <nvpair id="nodes-1-rack" name="rack" value="r1"/>
          <nvpair id="nodes-1-floor" name="floor" value="2"/>
        </instance_attributes>
      </node>
      <node id="2" uname="n2"/>
      <node id="far" uname="far" type="remote"/>
    </nodes>
    <resources>
      <primitive id="db" class="ocf" provider="heartbeat" type="Db">
        <instance_attributes id="db-instance_attributes">
          <nvpair id="db-instance_attributes-port" name="port" value="5432"/>
          <nvpair id="db-instance_attributes-password" name="password" value="geheim"/>
        </instance_attributes>
      </primitive>
      <primitive id="web" class="ocf" provider="heartbeat" type="Web"/>
      <group id="site">
        <primitive id="ip" class="ocf" provider="heartbeat" type="Web"/>
        <primitive id="fs" class="ocf" provider="heartbeat" type="Web"/>
        <primitive id="log" class="ocf" provider="heartbeat" type="Web"/>
      </group>
      <clone id="pings">
        <primitive id="ping" class="ocf" provider="heartbeat" type="Web"/>
      </clone>
    </resources>
    <constraints>
      <rsc_location id="near" rsc="web">
        <rule id="near-rule" score="100">
          <expression id="near-rule-expression" attribute="#uname" operation="eq" value="n1"/>
        </rule>
      </rsc_location>
      <rsc_location id="site-near" rsc="site" node="n1" score="50"/>
    </constraints>
  </configuration>
  <status/>
</cib>
`;

const AGENTS = {
  listAgents: async () => [],
  describe: async ({ type }: { type: string }) => ({
    ok: true,
    xml: "",
    description: {
      parameters: ["port", "password"].map((name) => ({
        name,
        isRequired: (type === "Strict" || type === "Renamed") && name === "port",
        isUnique: name === "port",
        uniqueGroup: null,
        replaces: type === "Renamed" && name === "port" ? ["plug"] : [],
        replacedBy: [],
      })),
      actions: [
        { name: "start", attributes: new Map([["timeout", "60s"]]) },
        {
          name: "monitor",
          attributes: new Map([
            ["timeout", "20s"],
            ["interval", "10s"],
          ]),
        },
      ],
    },
  }),
} as unknown as AgentCatalogue;

interface Case {
  readonly name: string;
  /** What is typed at the top, a line each. */
  readonly lines: readonly string[];
  /** Default: all goes well. */
  readonly status?: number;
  readonly stdout?: string;
  readonly stderr?: RegExp;
  /** Parts that the CIB has afterwards. */
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  readonly isUntouched?: true;
  /** Files to read. */
  readonly files?: Readonly<Record<string, string>>;
}

const SHOW: readonly Case[] = [
  {
    name: "a pattern shows whatever it fits",
    lines: ["configure show s* p?ng w[e-f]b"],
    stdout: "primitive ping Web\nprimitive web Web\ngroup site ip fs log\nlocation site-near site 50: n1\n",
  },
  {
    name: "a pattern that nothing fits is a mistake",
    lines: ["configure show x*"],
    status: 1,
    stderr: /object x\* does not exist/,
  },
  { name: "a range that runs backwards fits nothing", lines: ["configure show [z-a]"], status: 1 },
  {
    name: "the name of an agent shows its resources",
    lines: ["configure show related:ocf:heartbeat:Db obscure:nothing"],
    stdout: 'primitive db Db \\\n\tparams port=5432 password="******"\n',
  },
  {
    name: "what a resource is in is related to it",
    lines: ["configure show related:ping"],
    stdout: "primitive ping Web\nclone pings ping\n",
  },
  {
    name: "what stands behind and is narrowed down",
    lines: ["configure show type:primitive and *b or type:group and s*"],
    stdout: "group site ip fs log\n",
  },
  {
    name: "obscure hides values by their name, beside the passwords",
    lines: ["configure show obscure:po* db"],
    stdout: 'primitive db Db \\\n\tparams port="******" password="******"\n',
  },
  {
    name: "a remote node has one name",
    lines: ["node show far"],
    stdout: "far: remote\n",
  },
];

const OBJECTS: readonly Case[] = [
  {
    name: "a constraint with another name says no more than its words",
    lines: [
      'configure xml <rsc_colocation id="c" score="5"><resource_set id="c0" sequential="true"><resource_ref id="db"/><resource_ref id="web"/></resource_set></rsc_colocation>',
      "configure rename c d",
    ],
    has: ['<rsc_colocation id="d"', '<resource_set id="c0">'],
  },
  {
    name: "set changes what has the name once only",
    lines: [
      "configure alert a /bin/true meta timeout=5s to { x meta timeout=6s }",
      "configure set a.timeout 7s",
    ],
    status: 1,
    stderr: /Expected 1 attribute named timeout, found 2/,
    lacks: ["7s"],
  },
  {
    name: "an operation has a name, and a tag is about resources",
    lines: ["configure primitive a Web op interval=9s", "configure tag t : web", "configure tag t a=b"],
    status: 1,
    stderr:
      /Expected identifier near <interval=9s>[\s\S]*Expected resource near <:>[\s\S]*Expected resource near <a=b>/,
    isUntouched: true,
  },
  {
    name: "levels of fencing have no name that could change",
    lines: ["configure fencing_topology web", "configure rename fencing_topology other"],
    status: 1,
    stderr: /object fencing_topology does not exist/,
    stdout: "WARNING: fencing_topology: web not a stonith resource\n".repeat(3),
  },
  {
    name: "scores have names",
    lines: [
      "configure colocation c1 mandatory: db web",
      "configure colocation c2 advisory: db web",
      "configure location l web rule mandatory: defined x",
    ],
    has: ['id="c1" score="INFINITY"', 'id="c2" score="0"', 'score="INFINITY" id="l-rule"'],
  },
  {
    name: "an order is not advisory",
    lines: ["configure order o advisory: db web"],
    status: 1,
    isUntouched: true,
  },
  {
    name: "a ticket is for something",
    lines: ["configure rsc_ticket t T1:"],
    status: 1,
    stderr: /Expected <rsc>/,
    isUntouched: true,
  },
  {
    name: "a bracket that closes nothing is no resource",
    lines: ["configure colocation c inf: db web )"],
    status: 1,
    stderr: /Unmatched closing bracket/,
    isUntouched: true,
  },
  {
    name: "a resource has no equals sign",
    lines: ["configure location l rsc=web 10: n1"],
    status: 1,
    stderr: /Expected resource near <rsc=web>/,
    isUntouched: true,
  },
  {
    name: "options of a set may stand before its members",
    lines: [
      "configure location l { sequential=false db web } 10: n1",
      "configure order o ( require-all=false db web ) ip",
    ],
    has: [
      '<resource_set sequential="false" id="l-0">',
      '<resource_set sequential="false" require-all="false" id="o-0">',
    ],
  },
  {
    name: "op_meta belongs to an operation",
    lines: ["configure primitive a Web op_meta x=1"],
    status: 1,
    stderr: /Unknown arguments: op_meta/,
    isUntouched: true,
  },
  {
    name: "a permission for elements and one for an object are two",
    lines: ["configure role r write tag:nvpair ref:web attribute:name"],
    has: [
      '<acl_permission kind="write" reference="web" id="r-0"/>',
      '<acl_permission kind="write" object-type="nvpair" attribute="name" id="r-1"/>',
    ],
  },
  {
    name: "what stands behind a recipient is the recipient's, braces or not",
    lines: ["configure alert a /bin/true to x meta timeout=5s to { y } meta timeout=9s"],
    has: [
      'name="timeout" value="5s" id="a-recipient-1-meta_attributes-timeout"',
      'name="timeout" value="9s" id="a-meta_attributes-timeout"',
    ],
  },
  {
    name: "a fence device has the parameters that the cluster reads, and no others like them",
    lines: ["configure primitive f stonith:fence_x params pcmk_host_lst=n1"],
    status: 1,
    stderr: /parameter "pcmk_host_lst" is not known/,
    isUntouched: true,
  },
  {
    name: "a node is known by its id",
    lines: ["configure node 1: other attributes a=b"],
    stdout: "WARNING: node 1 is n1: its machine tells its name, which stays\n",
    has: ['<node id="1" uname="n1">', 'name="a" value="b"', 'name="rack"'],
    lacks: ['uname="other"'],
  },
  {
    name: "the old word for a promotable clone gets its advice, right or wrong",
    lines: ["configure ms m"],
    status: 1,
    stdout: 'WARNING: "ms" is deprecated. Please use "clone m meta promotable=true"\n',
  },
  {
    name: "the old names of its options are for the old word",
    lines: ["configure clone c web meta promotable=true master-max=1"],
    stdout: "INFO: modified location:near from web to c\nWARNING: c: unknown attribute 'master-max'\n",
  },
  {
    name: "a level for a device that is none",
    lines: ["configure fencing_topology n1: web", "configure fencing_topology n2: nothing"],
    status: 1,
    stdout: "WARNING: fencing_topology: web not a stonith resource\n",
  },
  {
    name: "a property that is not known deserves a word",
    lines: ["configure property site=hall"],
    stdout: "WARNING: cib-bootstrap-options: unknown attribute 'site'\n",
  },
  {
    name: "so does a default",
    lines: [
      "configure rsc_defaults colour=red interleave=true",
      "configure op_defaults colour=red timeout=30s",
    ],
    stdout:
      "WARNING: rsc-options: unknown attribute 'colour'\nWARNING: op-options: unknown attribute 'colour'\n",
    has: ['name="colour" value="red"'],
  },
  {
    name: "monitor takes an interval and a timeout",
    lines: ["configure monitor web 10s:5s:3s"],
    status: 1,
    stderr: /Expected INTERVAL\[:TIMEOUT\]/,
    isUntouched: true,
  },
  {
    name: "get_property: what is not set is not true",
    lines: ["configure get_property --true nothing stonith-enabled"],
    stdout: "false\nfalse\n",
  },
  {
    name: "a location constraint takes another id, with or without a dollar; nodes go by their name in any case",
    lines: ["configure location l web $id=here 5: N1", "configure location m web id=there rule #uname eq n1"],
    stdout: "",
    has: [
      '<rsc_location id="here" rsc="web" score="5" node="N1"/>',
      '<rule score="INFINITY" id="there-rule">',
    ],
  },
  {
    name: "a tag stands for the resources that it is on",
    lines: ["configure tag both web pings", "resource stop both"],
    has: [
      '<nvpair name="target-role" value="Stopped" id="web-meta_attributes-target-role"/>',
      '<nvpair name="target-role" value="Stopped" id="pings-meta_attributes-target-role"/>',
    ],
  },
  {
    name: "constraints: a clone before primitives, and the role that one needs of the other, once",
    lines: [
      "configure colocation a 5: db web",
      "configure colocation b 7: db pings:Promoted",
      "resource constraints db",
      "resource constraints pings",
    ],
    stdout:
      "Resources db is colocated with:\n  * pings (score=7, with role=Promoted, id=b)\n  * web (score=5, id=a)\n    * Locations:\n      * Node n1 (score=100, id=near-rule, rsc=web)\nResources colocated with pings:\n  * db (score=7, needs role=Promoted, id=b)\n",
  },
  {
    name: "an alert selects a thing once",
    lines: ["configure alert a /bin/true select nodes fencing nodes"],
    status: 1,
    stderr: /Selected already near <nodes>/,
    isUntouched: true,
  },
  {
    name: "an empty list makes room for one that is called as usual",
    lines: [
      'configure xml <clone id="c"><meta_attributes id="m"/><primitive id="e" class="ocf" provider="heartbeat" type="Web"/></clone>',
      "resource stop c",
    ],
    has: ['<meta_attributes id="c-meta_attributes">'],
    lacks: ['id="m"'],
  },
  {
    name: "maintenance goes into the list of the node's attributes, however that is called",
    lines: ["node attribute n2 set a b", "node maintenance n2", "node ready n2"],
    has: ['id="nodes-2-maintenance" name="maintenance" value="off"'],
  },
  {
    name: "standby takes several nodes, or all",
    lines: ["node standby n1 n2", "node online --all"],
    stdout: "",
    has: [
      'id="nodes-1-standby" name="standby" value="off"',
      'id="nodes-2-standby" name="standby" value="off"',
    ],
  },
  {
    name: "standby of a node that does not exist puts no other into standby",
    lines: ["node standby n1 nowhere"],
    status: 1,
    stderr: /Node "nowhere" is not a cluster node/,
    isUntouched: true,
  },
  {
    name: "a set of nothing is a mistake",
    lines: ["configure location l { } 5: n1"],
    status: 1,
    stderr: /Empty resource set/,
    isUntouched: true,
  },
  {
    name: "sets take numbers for truth values, symmetrical does not",
    lines: [
      "configure order o ( web db sequential=yes ) site",
      "configure order p [ web db require-all=0 ] site",
      "configure order q web db symmetrical=0",
    ],
    status: 1,
    stderr: /Unknown attribute near <symmetrical=0>/,
    has: ['<resource_set id="o-0">', '<resource_set sequential="false" require-all="false" id="p-0">'],
    lacks: ['id="q"'],
  },
  {
    name: "delete takes -f",
    lines: ["configure delete -f near"],
    lacks: ['id="near"'],
  },
  {
    name: "deletes from the outside in, whatever the order of the names",
    lines: ["configure delete site web site-near near"],
    lacks: ["<group", 'id="web"', "rsc_location"],
    stdout: "",
  },
  {
    name: "attributes of a node may stand without a word before them, and are called after it",
    lines: ["configure node n1 colour=red", "configure node n3 attributes a=b"],
    has: [
      '<nvpair name="colour" value="red" id="n1-instance_attributes-colour"/>',
      '<nvpair id="nodes-1-rack" name="rack" value="r1"/>',
      '<nvpair name="a" value="b" id="n3-instance_attributes-a"/>',
    ],
  },
  {
    name: "a list of another resource is named by that resource, too, and takes nothing more",
    lines: [
      "configure primitive a Db params $id-ref=db",
      "configure primitive b Db params $id-ref=db port=1",
    ],
    status: 1,
    stderr: /Unknown arguments: port=1/,
    has: ['<instance_attributes id-ref="db-instance_attributes"/>'],
    lacks: ['<primitive id="b"'],
  },
  {
    name: "an operation has an id with or without a dollar",
    lines: ["configure primitive a Web op monitor id=look interval=9s"],
    has: ['<op name="monitor" id="look" interval="9s"/>'],
  },
  {
    name: "a set of properties is not called with a property",
    lines: ["configure property id=other no-quorum-policy=stop"],
    status: 1,
    stderr: /takes its id first, as \$id=ID or ID:/,
    isUntouched: true,
  },
  {
    name: "permissions of one user are of old",
    lines: ["configure user alice read xpath:/cib"],
    status: 1,
    stderr: /acl_target/,
    isUntouched: true,
  },
  {
    name: "targets of levels are told before devices; levels that all nodes have are one line",
    lines: [
      "configure fencing_topology n9: nothing",
      "configure delete fencing_topology",
      "configure fencing_topology web",
    ],
    stdout:
      "WARNING: fencing_topology: target n9 not a node\nWARNING: fencing_topology: resource nothing does not exist\n" +
      "WARNING: fencing_topology: web not a stonith resource\n".repeat(3),
  },
  ...[
    ["a[", "unterminated character set at position 1"],
    ["a[]", "unterminated character set at position 1"],
    ["(a|b", "missing ), unterminated subpattern at position 0"],
    ["a)", "unbalanced parenthesis at position 1"],
    ["(*a)", "nothing to repeat at position 1"],
  ].map(
    ([pattern, mistake]): Case => ({
      name: `a pattern that is none: ${pattern}`,
      lines: [`configure location l /${pattern}/ 10: n1`],
      status: 1,
      stdout: `WARNING: l: '${pattern}' may not be a valid regular expression (${mistake})\nWARNING: l: resource None does not exist\n`,
      isUntouched: true,
    }),
  ),
  {
    name: "brackets and repetitions of a pattern that is one",
    lines: ["configure location l /^(a|b[]x]+)\\\\.?c*$/ 10: n1"],
    stdout: "WARNING: l: resource None does not exist\n",
  },
  ...[
    "resource meta web show priority 3",
    "resource param web delete port 3",
    "node attribute n1 delete rack 3",
  ].map(
    (line): Case => ({
      name: `a value is for set alone: ${line}`,
      lines: [line],
      status: 1,
      stderr: /Bad usage: Too many arguments to (show|delete)/,
      isUntouched: true,
    }),
  ),
  {
    name: "what is forced need not be there",
    lines: ["configure delete nothing"],
    status: 1,
    isUntouched: true,
  },
];

const ADVICE: readonly Case[] = [
  {
    name: "a required parameter that has an old name, too, is asked for beside the results only",
    lines: ["configure primitive a Renamed"],
    stdout: "",
    stderr: /^WARNING: a: required parameter "port" not defined\n$/,
    has: ['<primitive id="a"'],
  },
  {
    name: "a parameter that is given with - in place of _ gets the name that is known, and keeps its id",
    lines: [
      "configure primitive f stonith:fence_x params pcmk-host-list=n1 port=1",
      "configure primitive a Web params po-rt=1",
    ],
    status: 1,
    stderr:
      /f: parameter "pcmk-host-list" is called "pcmk_host_list"[\s\S]*a: parameter "po-rt" is not known/,
    has: ['name="pcmk_host_list" value="n1" id="f-instance_attributes-pcmk-host-list"'],
    lacks: ['<primitive id="a"'],
  },
  {
    name: "what is advised of operations",
    lines: [
      "configure primitive a Web op start timeout=5 op halt op monitor interval=5 timeout=1 op monitor interval=0 timeout=2 op start interval=3 timeout=9",
    ],
    stdout: [
      "WARNING: a: interval in monitor should be larger than 0, advised is 10s",
      "WARNING: a: specified timeout 1 for monitor is smaller than the advised 20s",
      "WARNING: a: specified timeout 2 for monitor is smaller than the advised 20s",
      "WARNING: a: Specified interval for start is 3, it must be 0",
      "WARNING: a: specified timeout 9 for start is smaller than the advised 60s",
      "WARNING: a: action 'halt' not found in Resource Agent meta-data",
      "",
    ].join("\n"),
  },
  {
    name: "unknown names come first; what the cluster runs by itself is no operation",
    lines: ["configure primitive a Web meta colour=red op meta-data timeout=5 op monitor role=Promoted"],
    stdout: [
      "WARNING: a: unknown attribute 'colour'",
      "WARNING: a: interval in monitor should be larger than 0, advised is None",
      "WARNING: a: action 'meta-data' not found in Resource Agent meta-data",
      "",
    ].join("\n"),
  },
  {
    name: "an operation for a role of which the agent says nothing gets no advice",
    lines: ["configure primitive a Web op monitor interval=5 timeout=1 role=Promoted"],
    stdout: "",
  },
  {
    name: "what a template leaves out is given where it is used",
    lines: [
      "configure rsc_template t Strict",
      "configure primitive a @t params port=1",
      "configure primitive b @t",
    ],
    status: 1,
    stderr: /^ERROR: b: required parameter "port" not defined\n$/,
    has: ['<template id="t"', '<primitive id="a"'],
  },
  {
    name: "default-timeouts sets what the agent advises",
    lines: [
      "configure primitive a Web op start timeout=70 op monitor interval=9s",
      "configure default-timeouts a",
      "configure show a",
    ],
    stdout:
      "primitive a Web \\\n\top start timeout=60s interval=0 \\\n\top monitor interval=9s timeout=20s\n",
  },
  {
    name: "two resources do not share what may be there once only",
    lines: ["configure primitive db2 Db params port=5432"],
    status: 1,
    stdout: 'WARNING: Resources db,db2 violate uniqueness for parameter "port": "5432"\n',
    isUntouched: true,
  },
];

const XML: readonly Case[] = [
  {
    name: "an object by its element, in one line or among others",
    lines: [
      'configure xml <rsc_location id="l1" rsc="db" node="n1" score="5"/>',
      "configure",
      'xml <group id="g"><primitive id="a" class="ocf" provider="heartbeat" type="Web"/></group>',
      "commit",
    ],
    has: ['id="l1"', '<group id="g">'],
  },
  {
    name: "one that is there already is refused",
    lines: ['configure xml <primitive id="db" class="ocf" provider="heartbeat" type="Web"/>'],
    status: 1,
    stderr: /Found existing primitive with same ID/,
    isUntouched: true,
  },
  {
    name: "a CIB brings containers with new resources in them",
    lines: ["configure load xml update in.txt"],
    files: {
      "in.txt":
        '<cib><configuration><resources><clone id="c"><group id="g"><primitive id="a" class="ocf" provider="heartbeat" type="Web"/></group></clone><group id="site"><primitive id="ip" class="ocf" provider="heartbeat" type="Db"/><primitive id="new" class="ocf" provider="heartbeat" type="Web"/></group></resources></configuration></cib>',
    },
    has: [
      '<clone id="c">',
      '<primitive id="ip" class="ocf" provider="heartbeat" type="Db"/>',
      '<primitive id="new"',
    ],
  },
];

const LOAD: readonly Case[] = [
  {
    name: "words that begin an object may be large, monitors stand anywhere",
    lines: ["configure load update in.txt"],
    files: { "in.txt": "monitor a 10s:5s\nPRIMITIVE a Web\nGroup g a\n" },
    has: ['<op name="monitor" interval="10s" timeout="5s" id="a-monitor-10s"/>', '<group id="g">'],
  },
  {
    name: "a text says nothing twice, properties included",
    lines: ["configure load update in.txt"],
    files: { "in.txt": "property maintenance-mode=true\nproperty maintenance-mode=false\n" },
    status: 1,
    stderr: /2: Duplicate resource: cib-bootstrap-options/,
    isUntouched: true,
  },
  {
    name: "a node with its id is described in full, by its name in part",
    lines: ["configure load update in.txt", "configure show n1"],
    files: { "in.txt": "node 1: n1 attributes rack=r2\n" },
    stdout: "node 1: n1 \\\n\tattributes rack=r2\n",
  },
  {
    name: "by its name in part",
    lines: ["configure load update in.txt", "configure show n1"],
    files: { "in.txt": "node n1 attributes rack=r2\n" },
    stdout: "node 1: n1 \\\n\tattributes rack=r2 floor=2\n",
  },
  {
    name: "push keeps the ids of nodes that it names",
    lines: ["configure load push in.txt"],
    files: { "in.txt": "node n1\nproperty stonith-enabled=false\n" },
    has: ['<node id="1" uname="n1"/>'],
    lacks: ['uname="n2"', 'id="n1"', "<primitive"],
  },
  {
    name: "a container may become another kind of container",
    lines: ["configure load update in.txt"],
    files: { "in.txt": "clone site ip\n" },
    has: ['<clone id="site">', '<primitive id="fs"'],
    lacks: ["<group"],
  },
  {
    name: "a rule that says something else gets an id of its own",
    lines: ["configure load update in.txt"],
    files: { "in.txt": "location near web rule 7: #uname eq n2\n" },
    has: ['<rule score="7" id="near-rule-0">'],
  },
];

const LEVELS: readonly Case[] = [
  {
    name: "a line with level and command leaves one where it was typed",
    lines: ["configure primitive a Web", "resource meta a set priority 5", "configure show a"],
    stdout:
      "Set 'a' option: id=a-meta_attributes-priority set=a-meta_attributes name=priority value=5\nprimitive a Web \\\n\tmeta priority=5\n",
  },
  {
    name: "words of old say what they are now",
    lines: ["configure", "end", "bye", "configure show"],
    stdout: [
      "WARNING: This command 'end' is deprecated, please use 'up'",
      'INFO: "end" is accepted as "up"',
      "WARNING: This command 'bye' is deprecated, please use 'quit'",
      'INFO: "bye" is accepted as "quit"',
      "",
    ].join("\n"),
  },
  {
    name: "with a name that nothing has nothing is stopped",
    lines: ["resource stop web nothing"],
    status: 1,
    stderr: /Resource not found: nothing/,
    isUntouched: true,
  },
  {
    name: "nothing runs in a file that could be restarted",
    lines: ["resource restart web"],
    status: 1,
    stderr: /needs the running cluster/,
    isUntouched: true,
  },
  {
    name: "and what does not exist is named first",
    lines: ["resource restart web wob"],
    status: 1,
    stderr: /Resource not found: wob/,
  },
  {
    name: "nor can resources be tested",
    lines: ["configure rsctest web"],
    status: 1,
    stderr: /needs the running cluster/,
  },
  {
    name: "where it runs cannot be told of what does not exist",
    lines: ["resource status nothing"],
    status: 1,
    stderr: /not found/,
  },
  {
    name: "a probe is traced as the monitor that is done once, into a folder that is named",
    lines: ["resource trace web probe /tmp/t"],
    stdout:
      "INFO: Trace for web:monitor is written to /tmp/t/Web\nINFO: Trace set, restart web to trace non-monitor operations\n",
    has: ['<op name="monitor" interval="0" id="web-monitor-0">', 'name="trace_dir" value="/tmp/t"'],
  },
  {
    name: "an interval has no unit",
    lines: ["resource trace web monitor 10s"],
    status: 1,
    stderr: /without a unit/,
    isUntouched: true,
  },
  {
    name: "a shadow that does not exist is not made by a reset",
    lines: ["cib reset nothing"],
    status: 1,
    stderr: /there is no shadow CIB nothing/,
  },
  { name: "status knows its words", lines: ["status simpl"], status: 1, stderr: /Did you mean "simple"/ },
  {
    name: "ptest shows what a change would do, and changes nothing",
    lines: ["configure", "property stop-all-resources=true", "ptest nograph actions", "refresh"],
    isUntouched: true,
  },
  { name: "ptest knows its words", lines: ["configure ptest grph"], status: 1, stderr: /Bad usage/ },
];

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
  world.env.CIB_shadow_dir = "/shadows";
  world.agents = AGENTS;
});

describe.each(Object.entries({ SHOW, OBJECTS, ADVICE, XML, LOAD, LEVELS }))("crm, %s", (_area, cases) => {
  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    for (const [path, text] of Object.entries(each.files ?? {})) world.files.set(path, text);
    world.stdin = `${each.lines.join("\n")}\n`;
    const result = await world.run(crm, "crm");
    expect(result.status, result.stderr).toBe(each.status ?? 0);
    if (each.stdout !== undefined) expect(result.stdout).toBe(each.stdout);
    if (each.stderr !== undefined) expect(result.stderr).toMatch(each.stderr);
    const cib = world.files.get("cib.xml")!;
    for (const part of each.has ?? []) expect(cib).toContain(part);
    for (const part of each.lacks ?? []) expect(cib).not.toContain(part);
    if (each.isUntouched) expect(cib).toBe(CIB);
  });
});

test("what two resources share already is told, and does not stand in the way of another change", async () => {
  const run = (...args: string[]) => world.run(crm, "crm", ...args);
  await run("--force", "configure", "primitive", "db2", "Db", "params", "port=5432");
  const result = await run("configure", "primitive", "db3", "Db", "params", "port=1");
  expect(result).toMatchObject({
    status: 0,
    stdout: 'WARNING: Resources db,db2 violate uniqueness for parameter "port": "5432"\n',
  });
  expect(await run("configure", "set", "db3.port", "5432")).toMatchObject({
    status: 1,
    stdout: 'WARNING: Resources db,db2,db3 violate uniqueness for parameter "port": "5432"\n',
  });
});

test("before there are resources, unknown names are told beside the results", async () => {
  world.files.set("cib.xml", CIB.replace(/<(resources|constraints)>.*<\/\1>/gs, "<$1/>"));
  expect(await world.run(crm, "crm", "configure", "rsc_defaults", "colour=red")).toMatchObject({
    status: 0,
    stdout: "",
    stderr: expect.stringMatching(/^WARNING: .*"colour" is not known to the cluster/),
  });
});

test("filter gives the program each object on one line", async () => {
  const given: string[] = [];
  world.filter = (_command, text) => {
    given.push(text);
    return { status: 0, output: given.length === 1 ? text : text.replace("5432", "1") };
  };
  expect(await world.run(crm, "crm", "configure", "filter", "cat", "db")).toMatchObject({ status: 0 });
  expect(world.files.get("cib.xml")).toBe(CIB);
  expect(await world.run(crm, "crm", "configure", "filter", "sed", "db", "web")).toMatchObject({ status: 0 });
  expect(given).toEqual([
    "primitive db Db params port=5432 password=geheim\n",
    "primitive db Db params port=5432 password=geheim\nprimitive web Web\n",
  ]);
  expect(world.files.get("cib.xml")).toContain('name="port" value="1"');
});

test("get_property without a name lists what there is, in two columns", async () => {
  const { stdout } = await world.run(crm, "crm", "configure", "get_property");
  expect(stdout).toMatch(/^dc-version {30}cluster-infrastructure\n/);
});

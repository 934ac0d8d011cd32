/** A corosync.conf with these nodes. */
export const confOf = (...names: string[]) => `totem {
    version: 2
    cluster_name: web
    transport: knet
}
nodelist {
${names.map((name, index) => `    node {\n        ring0_addr: ${name}\n        name: ${name}\n        nodeid: ${index + 1}\n    }\n`).join("")}}
quorum {
    provider: corosync_votequorum
}
`;

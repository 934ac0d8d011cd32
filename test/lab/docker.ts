/** A unit for a real engine in a full host of the lab: no rules of netfilter (its proxy forwards ports), and control groups that it may write. */
export const DOCKER_UNIT = `[Unit]
Description=Docker

[Service]
Type=notify
ExecStartPre=/bin/sh -c 'for each in /sys/fs/cgroup/*/; do mount -o remount,rw,bind $each; done; mount -o remount,rw,bind /proc/sys'
ExecStart=/usr/sbin/dockerd --storage-driver vfs --iptables=false --ip6tables=false
KillMode=process
Restart=on-failure
`;

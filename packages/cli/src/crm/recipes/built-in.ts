/** Recipes that come with Quorate, as texts. */
export const BUILT_IN: readonly string[] = [
  `%name virtual-ip
%category Basic
%summary An IP address that moves with a service
%required
# Name of the resource
%% id
# The address, for example 192.0.2.10
%% ip
%optional
# Length of the prefix of its network, for example 24
%% cidr_netmask
# Interface that gets it; by default the one that has an address of the same network
%% nic
%generate
primitive %{id} ocf:heartbeat:IPaddr2 params ip=%{ip}[? cidr_netmask=%{cidr_netmask}][? nic=%{nic}] op monitor interval=10s timeout=20s
`,
  `%name mail
%category Basic
%summary A mail to somebody whenever the service starts or stops
%required
# Name of the resource
%% id
# Who gets it
%% email
%optional
# What its subject begins with
%% subject
%generate
primitive %{id} ocf:heartbeat:MailTo params email=%{email}[? subject=%{subject}] op monitor interval=10s timeout=10s
`,
  `%name filesystem
%category File system
%summary A file system that one host at a time has mounted
%required
# Name of the resource
%% id
# Device or share, for example /dev/vg/data or server:/export
%% device
# Where it is mounted
%% directory
# Its type, for example xfs, ext4 or nfs
%% fstype
%optional
# Mount options
%% options
%generate
primitive %{id} ocf:heartbeat:Filesystem params device=%{device} directory=%{directory} fstype=%{fstype}[? options=%{options}] op start timeout=60s op stop timeout=60s op monitor interval=20s timeout=40s
`,
  `%name volume-group
%category File system
%summary An LVM volume group that one host at a time has active
%required
# Name of the resource
%% id
# Name of the volume group; its machines use system ids (see lvmsystemid(7))
%% vgname
%generate
primitive %{id} ocf:heartbeat:LVM-activate params vgname=%{vgname} vg_access_mode=system_id op start timeout=90s op stop timeout=90s op monitor interval=30s timeout=90s
`,
  `%name drbd
%category File system
%summary A DRBD device: a disk that two hosts hold the same data on
%required
# Name of the resource; its promotable clone is called ID-clone
%% id
# Name of the DRBD resource in its configuration
%% drbd_resource
%generate
primitive %{id} ocf:linbit:drbd params drbd_resource=%{drbd_resource} op start timeout=240s op stop timeout=100s op promote timeout=90s op demote timeout=90s op monitor interval=29s role=Promoted timeout=20s op monitor interval=31s role=Unpromoted timeout=20s
clone %{id}-clone %{id} meta promotable=true promoted-max=1 promoted-node-max=1 clone-max=2 clone-node-max=1 notify=true
`,
  `%name apache
%category Server
%summary An Apache web server with the address that it is reached at
%use virtual-ip
%required
# Name of the group that holds server and address
%% id
%optional
# Its configuration file
%% configfile
# Page that tells its state
%% statusurl
%generate
primitive %{id}-server ocf:heartbeat:apache[? params configfile=%{configfile}][? statusurl=%{statusurl}] op start timeout=40s op stop timeout=60s op monitor interval=10s timeout=20s
group %{id} %{virtual-ip.id} %{id}-server
`,
  `%name nginx
%category Server
%summary An nginx web server with the address that it is reached at
%use virtual-ip
%required
# Name of the group that holds server and address
%% id
%optional
# Its configuration file
%% configfile
%generate
primitive %{id}-server ocf:heartbeat:nginx[? params configfile=%{configfile}] op start timeout=60s op stop timeout=60s op monitor interval=10s timeout=30s
group %{id} %{virtual-ip.id} %{id}-server
`,
  `%name postgresql
%category Database
%summary A PostgreSQL server on a file system of its own, with its address
%use filesystem
%use virtual-ip
%required
# Name of the group that holds all of it
%% id
# Where its data lie, on the file system
%% pgdata
%optional
# Folder of its programs
%% bindir
%generate
primitive %{id}-server ocf:heartbeat:pgsql params pgdata=%{pgdata}[? pgctl=%{bindir}/pg_ctl psql=%{bindir}/psql] op start timeout=120s op stop timeout=120s op monitor interval=30s timeout=30s
group %{id} %{filesystem.id} %{virtual-ip.id} %{id}-server
`,
  `%name nfs-server
%category NFS
%summary An NFS server that exports a file system of its own, with its address
%use filesystem
%use virtual-ip
%required
# Name of the group that holds all of it
%% id
# Exported folder, on the file system
%% export_directory
# Who may mount it, for example 192.0.2.0/24
%% clients
# Where the server keeps what it knows of its clients, on the file system
%% state_directory
%generate
primitive %{id}-daemon ocf:heartbeat:nfsserver params nfs_shared_infodir=%{state_directory} op start timeout=40s op stop timeout=20s op monitor interval=10s timeout=20s
primitive %{id}-export ocf:heartbeat:exportfs params directory=%{export_directory} clientspec=%{clients} fsid=1 options="rw" op start timeout=40s op stop timeout=120s op monitor interval=10s timeout=20s
group %{id} %{filesystem.id} %{id}-daemon %{id}-export %{virtual-ip.id}
`,
  `%name ipmi
%category Stonith
%summary A fence device: the management board of one host
%required
# Name of the resource
%% id
# The host that it switches off
%% node
# Address of the board
%% ip
# User on the board
%% username
# Password of that user
%% password
%optional
# Seconds that it waits, so that two hosts do not switch each other off at the same time
%% delay
%generate
primitive %{id} stonith:fence_ipmilan params ip=%{ip} username=%{username} password=%{password} lanplus=1 pcmk_host_list=%{node}[? pcmk_delay_base=%{delay}s] op monitor interval=60s timeout=60s
location %{id}-not-on-%{node} %{id} -inf: %{node}
`,
  `%name sbd
%category Stonith
%summary A fence device: a shared disk, with a watchdog on each host
%required
# Name of the resource
%% id
%optional
# The disk; by default the one that sbd is configured with
%% devices
%generate
primitive %{id} stonith:fence_sbd params pcmk_delay_max=30s[? devices=%{devices}] op monitor interval=60s timeout=60s
property fencing-enabled=true
`,
];

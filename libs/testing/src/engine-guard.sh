#!/bin/bash
# engine-guard.sh DIR LOCK
# Holds LOCK while a test engine runs with its files in DIR, and clears up after it: processes, mounts, interfaces,
# firewall rules, files. It is told to by the end of its standard input, which also comes when the test was killed.
# Where the guard itself was killed, the next one clears up for it: what an engine changed is written in its DIR.
set -u
dir=$1
lock=$2
trap '' INT TERM HUP
exec 9>>"$lock"
until flock -n 9; do
  read -r -t 0.2 _ && continue
  [ $? -gt 128 ] || { rmdir "$dir"; exit 1; }
done

interfaces() { ls /sys/class/net; }
rules() { for table in filter nat; do iptables -w 5 -t "$table" -S 2>/dev/null | sed "s/^/$table /"; done; }
namespace() { readlink /proc/self/ns/net; }

remember() {
  mkdir "$1/before"
  namespace >"$1/before/namespace"
  interfaces >"$1/before/interfaces"
  rules >"$1/before/rules"
  cat /proc/sys/net/ipv4/ip_forward >"$1/before/forwarding"
}

# Containers' processes carry the container's id in their cgroup, all others name a file of the folder in their arguments.
ids_of() { ls "$1/data/containers" "$1/data/vfs-containers" 2>/dev/null | grep -x '[0-9a-f]\{64\}'; }

processes_of() {
  local id
  for id in $(ids_of "$1"); do
    grep -l -s -F "$id" /proc/[0-9]*/cgroup | cut -d/ -f3
  done
  grep -l -s -a -F -f <(echo "$1/") /proc/[0-9]*/cmdline | cut -d/ -f3
}

end_processes() {
  local left
  for _ in $(seq 100); do
    left=$(processes_of "$1" | sort -u | grep -v -x $$)
    [ -n "$left" ] || break
    kill -KILL $left 2>/dev/null
    sleep 0.1
  done
}

restore_network() {
  local before=$1/before interface table verb rest chain policy
  for interface in $(interfaces); do
    case "$interface" in docker0 | br-* | veth*)
      grep -q -x -F "$interface" "$before/interfaces" || ip link delete "$interface" 2>/dev/null ;;
    esac
  done
  # What was not there before: first the rules, then the chains that they lead to.
  rules | grep -v -x -F -f <(cat "$before/rules"; echo '-') | while read -r table verb rest; do
    [ "$verb" = -A ] && eval "iptables -w 5 -t $table -D $rest" 2>/dev/null
  done
  rules | grep -v -x -F -f <(cat "$before/rules"; echo '-') | while read -r table verb chain _; do
    [ "$verb" = -N ] && iptables -w 5 -t "$table" -X "$chain" 2>/dev/null
  done
  policy=$(grep '^filter -P FORWARD' "$before/rules" | cut -d' ' -f4)
  [ -z "$policy" ] || iptables -w 5 -P FORWARD "$policy"
  cat "$before/forwarding" >/proc/sys/net/ipv4/ip_forward
}

clear_up() {
  local id mount
  end_processes "$1"
  awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
    umount -l "$mount"
  done
  # Another network namespace is no business of ours, and a daemon that runs in this one needs what it has.
  [ "$(namespace)" = "$(cat "$1/before/namespace" 2>/dev/null)" ] && ! daemon_here && restore_network "$1"
  for id in $(ids_of "$1"); do
    find /sys/fs/cgroup -depth -type d -path "*$id*" -exec rmdir {} + 2>/dev/null
  done
  find /sys/fs/cgroup -depth -type d \( -name docker -o -name libpod_parent -o -name conmon \) -exec rmdir {} + 2>/dev/null
  rm -rf "$1"
}

daemon_here() {
  local pid
  for pid in $(pgrep -x dockerd); do
    [ "$(readlink "/proc/$pid/ns/net")" != "$(namespace)" ] || return 0
  done
  return 1
}

# Who holds the lock is the only one with an engine: each other folder with an engine's data is a dead one's.
for dead in "${dir%-*}"-*; do
  [ "$dead" = "$dir" ] || [ ! -d "$dead/data" ] || clear_up "$dead"
done
remember "$dir"
echo ready
cat >/dev/null
clear_up "$dir"

#!/bin/bash
# engine-guard.sh DIR LOCK
# Holds LOCK while a test engine runs with its files in DIR, and clears up after it: processes, mounts, interfaces,
# firewall rules, files. It is told to by the end of its standard input, which also comes when the test was killed.
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
before=$(interfaces)
rules_before=$(rules)
forwarding=$(cat /proc/sys/net/ipv4/ip_forward)
echo ready
cat >/dev/null

# Containers' processes carry the container's id in their cgroup, all others name a file of DIR in their arguments.
of_engine() {
  local id
  for id in $(ls "$dir/data/containers" 2>/dev/null); do
    grep -l -s -F "$id" /proc/[0-9]*/cgroup | cut -d/ -f3
  done
  grep -l -s -a -F -f <(echo "$dir/") /proc/[0-9]*/cmdline | cut -d/ -f3
}
for _ in $(seq 100); do
  left=$(of_engine | sort -u | grep -v -x $$)
  [ -n "$left" ] || break
  kill -KILL $left 2>/dev/null
  sleep 0.1
done

awk -v dir="$dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
  umount -l "$mount"
done
for interface in $(interfaces); do
  case "$interface" in docker0 | br-* | veth*)
    grep -q -x -F "$interface" <<<"$before" || ip link delete "$interface" 2>/dev/null ;;
  esac
done

# What was not there before: first the rules, then the chains that they lead to.
rules | grep -v -x -F -f <(echo "$rules_before"; echo '-') | while read -r table verb rest; do
  [ "$verb" = -A ] && eval "iptables -w 5 -t $table -D $rest" 2>/dev/null
done
rules | grep -v -x -F -f <(echo "$rules_before"; echo '-') | while read -r table verb chain _; do
  [ "$verb" = -N ] && iptables -w 5 -t "$table" -X "$chain" 2>/dev/null
done
policy=$(grep '^filter -P FORWARD' <<<"$rules_before" | cut -d' ' -f4)
[ -z "$policy" ] || iptables -w 5 -P FORWARD "$policy"
echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
for id in $(ls "$dir/data/containers" 2>/dev/null); do
  find /sys/fs/cgroup -depth -type d -path "*$id*" -exec rmdir {} + 2>/dev/null
done
find /sys/fs/cgroup -depth -type d -name docker -exec rmdir {} + 2>/dev/null
rm -rf "$dir"

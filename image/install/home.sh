# A machine at home: users from a file, and a name that follows its address.
# shellcheck shell=bash

lay_home() {
  local made
  made=$(mktemp)
  # shellcheck disable=SC2064
  trap "rm -f '$made'" EXIT
  if [[ ! -e /etc/perennial/server.conf ]]; then
    printf 'source=file\nprotocols=%s\n' "$protocols" >"$made"
    want_file "$made" /etc/perennial/server.conf 644
  fi
  if [[ -n $users_file ]]; then
    want_file "$users_file" /etc/perennial/users.conf 600
  elif [[ ! -e /etc/perennial/users.conf ]]; then
    want_file "$here/etc/perennial/users.conf" /etc/perennial/users.conf 600
  fi
  if [[ -n $ddns_server ]]; then
    write_ddclient >"$made"
    want_file "$made" /etc/ddclient.conf 600
    want_enabled ddclient.service
  fi
  rm -f "$made"
  if [[ $start == yes ]]; then warn_of_neighbours; fi
}

write_ddclient() {
  # ddclient asks the web for the address that this home has; the server takes it as it is given.
  cat <<CONF
# Written by Perennial's install.sh.
daemon=300
syslog=yes
ssl=yes
usev4=webv4, webv4=ipify-ipv4
protocol=dyndns2
server=$ddns_server
login=$ddns_login
password='$(<"$ddns_password_file")'
$ddns_host
CONF
}

# What this machine has of its own, and what would keep clients out nevertheless.
warn_of_neighbours() {
  if speaks pptp && ! modprobe -qn ppp_mppe; then
    echo "The kernel $(uname -r) has no PPP: PPTP will not serve until another is installed (linux-image-amd64)." >&2
  fi
  # A packet must pass every firewall, and this one is not ours to change.
  if command -v nft >/dev/null && nft list chains 2>/dev/null | grep -q 'hook forward .*policy drop'; then
    echo 'Another firewall of this machine drops what is forwarded: let the clients through there, too.' >&2
  fi
}

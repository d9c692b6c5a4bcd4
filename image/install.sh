#!/bin/bash
# Turns a stock Debian 12 or 13 (or Ubuntu, at home) into a VPN server, tells what it would change, or takes it back.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What this script changed, so that it can be taken back.
book=/var/lib/perennial-install
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

# shellcheck source=image/install/options.sh
. "$here/install/options.sh"
# shellcheck source=image/install/wants.sh
. "$here/install/wants.sh"
# shellcheck source=image/install/home.sh
. "$here/install/home.sh"
# shellcheck source=image/install/bake.sh
. "$here/install/bake.sh"

main() {
  read_options "$@"
  need_a_fit_machine
  if [[ $deed == uninstall ]]; then
    take_back
    return 0
  fi
  if speaks pptp; then need_no_foreign_secrets; fi
  lay_packages
  if [[ $mode == bake ]]; then bake_kernel; fi
  lay_files
  if [[ $mode == home ]]; then lay_home; else lay_bake; fi
  lay_services
  conclude
}

need_a_fit_machine() {
  ((EUID == 0)) || fail 'This needs root: run it with sudo'
  # shellcheck source=/dev/null
  [[ -r /etc/os-release ]] && . /etc/os-release
  case "${ID:-}" in
  debian) [[ ${VERSION_ID:-99} -ge 12 ]] || fail 'Debian 12 or later is needed' ;;
  ubuntu)
    [[ $mode != bake ]] || fail 'The image is baked from Debian; Ubuntu is for --home'
    # Before, its Python is too old for the agent; from then on it has no pptpd.
    [[ ${VERSION_ID%%.*} -ge 24 ]] || fail 'Ubuntu 24.04 or later is needed'
    ;;
  *) fail "This is ${PRETTY_NAME:-an unknown system}: Debian 12 or later is needed, or Ubuntu with --home" ;;
  esac
}

lay_packages() {
  local packages=(nftables iproute2 kmod python3 ca-certificates unattended-upgrades)
  if speaks wireguard; then packages+=(wireguard-tools); fi
  if speaks pptp; then packages+=(ppp pptpd); fi
  # Whatever keeps the clock already goes on doing so.
  if ! has_package chrony ntpsec openntpd; then packages+=(systemd-timesyncd); fi
  if [[ $mode == bake ]] && ! has_package dbus-broker; then packages+=(dbus); fi
  if [[ $mode == home && -n $ddns_server ]]; then packages+=(ddclient libio-socket-ssl-perl); fi
  want_packages "${packages[@]}"
}

lay_files() {
  local common=(
    etc/apt/apt.conf.d/52perennial
    etc/sysctl.d/60-perennial.conf
    etc/systemd/journald.conf.d/perennial.conf
    etc/systemd/system/perennial-agent.service
  )
  if speaks pptp; then
    common+=(
      etc/modules-load.d/perennial-pptp.conf
      etc/ppp/ip-down.d/perennial
      etc/ppp/ip-up.d/perennial
      etc/systemd/system/pptpd.service.d/perennial.conf
    )
    want_link /run/perennial/chap-secrets /etc/ppp/chap-secrets
  fi
  if speaks wireguard; then common+=(etc/modules-load.d/perennial-wireguard.conf); fi
  local path
  for path in "${common[@]}"; do want_file "$here/$path" "/$path"; done
  while IFS= read -r path; do want_file "$here/$path" "/$path"; done < <(
    cd "$here" && find usr -type f -not -name '*.pyc' | sort
  )
  # The agent's own Python writes nothing there, and each of its commands would compile all of it again.
  if [[ $deed == install ]]; then python3 -m compileall -q /usr/local/lib/perennial/server; fi
}

# The agent owns the file: whatever else logs in by it would be lost.
need_no_foreign_secrets() {
  local file=/etc/ppp/chap-secrets
  if [[ -f $file && ! -L $file ]] && grep -Eqv '^[[:space:]]*(#|$)' "$file"; then
    fail "$file has entries of another use, which PPTP would lose: move them, or choose --protocols wireguard"
  fi
}

lay_services() {
  want_enabled perennial-agent.service
  want_enabled unattended-upgrades.service
  if ! has_package chrony ntpsec openntpd; then want_enabled systemd-timesyncd.service; fi
  # The agent starts it, once it knows who is to be let in.
  if speaks pptp; then want_disabled pptpd.service; fi
  if [[ $deed == install && $start == yes ]]; then start_now; fi
}

start_now() {
  systemctl daemon-reload
  # The kernel may lack a module until it is rebooted: the agent's report and its self-test say so.
  systemctl restart systemd-modules-load.service || true
  systemctl restart systemd-sysctl.service systemd-journald.service
  # What was not enabled before may run still, with its own configuration.
  if [[ $changes -gt 0 ]] && speaks pptp; then systemctl stop pptpd.service; fi
  if [[ -e /etc/perennial/server.conf ]]; then systemctl restart perennial-agent.service; fi
}

conclude() {
  if [[ $deed == check ]]; then
    if ((changes == 0)); then echo 'Nothing would change.'; fi
    exit $((changes > 0))
  fi
  if ((changes == 0)); then echo 'Nothing had to change.'; else echo "Done: $changes changes."; fi
  if [[ $mode == bake ]]; then
    echo 'Reboot once, then see: /usr/local/lib/perennial/agent check'
  fi
}

main "$@"

# What the caller wants. Sourced by install.sh.
# shellcheck shell=bash

mode='' deed=install start=auto protocols=pptp,wireguard
with_ssm_agent=yes ssm_agent='' region='' with_kernel=yes
users_file='' ddns_server='' ddns_host='' ddns_login='' ddns_password_file=''

usage() {
  cat <<'HELP'
Usage: install.sh --bake --ssm-agent latest|VERSION:SHA256 --region REGION [OPTIONS]
       install.sh --home [OPTIONS]
       install.sh --bake|--home --check [OPTIONS]
       install.sh --uninstall

--bake              for an image: the agent takes users from Parameter Store
--home              for a machine at home: users come from /etc/perennial/users.conf
--check             only tells what would change; exit code 0: nothing, 1: something
--uninstall         takes everything back, users.conf too (but not the kernel of --bake)
--protocols LIST    pptp, wireguard or both (the default), with a comma
--no-start          starts nothing (as when no systemd runs here)
--help              this text

With --bake:
--ssm-agent latest|VERSION:SHA256
                    which SSM agent to install; of a version also the checksum of its .deb
--region REGION     the region whose bucket it comes from
--without-ssm-agent leaves it out
--without-kernel    keeps whatever kernel there is

With --home:
--users FILE        copied to /etc/perennial/users.conf, which it replaces
--ddns-server HOST  keeps a name up to date by dyndns2 (/nic/update), with …
--ddns-host NAME    … this name, …
--ddns-login LOGIN  … this login, …
--ddns-password-file FILE
                    … and the password that is the file's one line
HELP
}

fail() {
  printf '%s.\n' "$1" >&2
  exit 2
}

read_options() {
  while (($#)); do
    case "$1" in
    --bake | --home) [[ -z $mode ]] || fail 'Only one of --bake and --home'; mode=${1#--} ;;
    --check | --uninstall) deed=${1#--} ;;
    --no-start) start=no ;;
    --without-ssm-agent) with_ssm_agent=no ;;
    --without-kernel) with_kernel=no ;;
    --protocols) protocols=$(value "$@"); shift ;;
    --ssm-agent) ssm_agent=$(value "$@"); shift ;;
    --region) region=$(value "$@"); shift ;;
    --users) users_file=$(value "$@"); shift ;;
    --ddns-server) ddns_server=$(value "$@"); shift ;;
    --ddns-host) ddns_host=$(value "$@"); shift ;;
    --ddns-login) ddns_login=$(value "$@"); shift ;;
    --ddns-password-file) ddns_password_file=$(value "$@"); shift ;;
    --help) usage; exit 0 ;;
    *) fail "There is no option $1; see --help" ;;
    esac
    shift
  done
  check_options
}

value() {
  [[ $# -ge 2 && -n $2 ]] || fail "$1 needs a value"
  printf '%s' "$2"
}

check_options() {
  if [[ $deed == uninstall ]]; then return 0; fi
  [[ -n $mode ]] || fail 'Say --bake or --home; see --help'
  [[ $protocols =~ ^(pptp|wireguard|pptp,wireguard|wireguard,pptp)$ ]] ||
    fail "--protocols $protocols is none of pptp, wireguard and pptp,wireguard"
  if [[ $start == auto ]]; then
    if [[ -d /run/systemd/system ]]; then start=yes; else start=no; fi
  fi
  if [[ $mode == bake && $with_ssm_agent == yes ]]; then
    [[ $ssm_agent =~ ^(latest|[0-9]+(\.[0-9]+){3}:[0-9a-f]{64})$ ]] ||
      fail '--bake needs --ssm-agent latest, VERSION:SHA256, or --without-ssm-agent'
    [[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]$ ]] || fail '--ssm-agent needs --region REGION'
  fi
  if [[ -n $ddns_server$ddns_host$ddns_login$ddns_password_file ]]; then check_ddns; fi
  if [[ -n $users_file && ! -r $users_file ]]; then fail "$users_file can't be read"; fi
}

check_ddns() {
  [[ $mode == home ]] || fail '--ddns-… go with --home'
  local name='^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?$'
  [[ $ddns_server =~ $name ]] || fail '--ddns-server is not the name of a host'
  [[ $ddns_host =~ $name && $ddns_host == *.* ]] || fail '--ddns-host is not a full name, like vpn.your-domain.org'
  [[ $ddns_login =~ ^[A-Za-z0-9._@-]+$ ]] || fail '--ddns-login is missing, or has letters that ddclient misreads'
  [[ -r $ddns_password_file ]] || fail '--ddns-password-file is missing or can not be read'
  # Letters that ddclient reads back as they are, whatever its version.
  [[ $(<"$ddns_password_file") =~ ^[A-Za-z0-9._~+/=-]+$ ]] ||
    fail "The password in $ddns_password_file is not one line of letters, digits and . _ ~ + / = -"
}

speaks() { [[ ,$protocols, == *,$1,* ]]; }

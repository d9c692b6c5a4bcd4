# What should be there: laid if it is not, told with --check, and written down so that it can be taken back.
# shellcheck shell=bash

changes=0

# Tells of one change. Whether it is to be made.
change() {
  changes=$((changes + 1))
  printf '%s\n' "$1"
  [[ $deed == install ]]
}

note() {
  install -d -m 700 "$book"
  grep -qxsF -- "$2" "$book/$1" || printf '%s\n' "$2" >>"$book/$1"
}

has_package() {
  local package
  for package in "$@"; do
    if [[ $(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null) == installed ]]; then return 0; fi
  done
  return 1
}

want_packages() {
  local package missing=()
  for package in "$@"; do has_package "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  change "install: ${missing[*]}" || return 0
  apt-get update -q
  need_candidates "${missing[@]}"
  local before
  before=$(list_packages)
  apt-get install -qy --no-install-recommends -o Dpkg::Options::=--force-confdef \
    -o Dpkg::Options::=--force-confold "${missing[@]}"
  # With what they brought along.
  while IFS= read -r package; do note packages "$package"; done < <(
    comm -13 <(printf '%s\n' "$before") <(list_packages)
  )
}

list_packages() { dpkg-query -Wf '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort; }

need_candidates() {
  local package
  for package in "$@"; do
    if [[ $(apt-cache policy "$package") =~ Candidate:\ [^\(] ]]; then continue; fi
    if [[ $package == pptpd ]]; then
      fail "$PRETTY_NAME has no pptpd: choose --protocols wireguard, or Debian"
    fi
    fail "There is no package $package here"
  done
}

# SOURCE PATH [MODE]; without a mode what the source has.
want_file() {
  local source=$1 path=$2 mode=${3:-}
  if [[ -z $mode ]]; then if [[ -x $source ]]; then mode=755; else mode=644; fi; fi
  if [[ -f $path && ! -L $path && $(stat -c %a "$path") == "$mode" ]] && cmp -s "$source" "$path"; then
    return 0
  fi
  change "write: $path" || return 0
  keep "$path"
  mkdir -p "$(dirname "$path")"
  # Never readable by others on the way.
  install -m 600 "$source" "$path.new"
  chmod "$mode" "$path.new"
  mv "$path.new" "$path"
}

want_link() {
  if [[ -L $2 && $(readlink "$2") == "$1" ]]; then return 0; fi
  change "link: $2 to $1" || return 0
  keep "$2"
  ln -sfn "$1" "$2"
}

# Keeps what was there before the first change, once.
keep() {
  if grep -qxsF -- "$1" "$book/files"; then return 0; fi
  if [[ -e $1 || -L $1 ]]; then
    install -d -m 700 "$book" "$book/before"
    mkdir -p "$book/before$(dirname "$1")"
    cp -a "$1" "$book/before$1"
  fi
  note files "$1"
}

want_enabled() {
  if [[ $(systemctl is-enabled "$1" 2>/dev/null) == enabled ]]; then return 0; fi
  change "enable: $1" || return 0
  note enabled "$1"
  systemctl enable -q "$1"
}

want_disabled() {
  case $(systemctl is-enabled "$1" 2>/dev/null) in
  enabled | alias) ;;
  *) return 0 ;;
  esac
  change "disable: $1" || return 0
  note disabled "$1"
  systemctl disable -q "$1"
}

# The way back, in the opposite order.
take_back() {
  [[ -d $book ]] || fail 'Nothing was installed here by this script'
  local path unit
  if [[ -d /run/systemd/system ]]; then
    systemctl stop perennial-agent.service pptpd.service 2>/dev/null || true
    nft delete table inet perennial 2>/dev/null || true
    ip link delete wg0 2>/dev/null || true
  fi
  while IFS= read -r unit; do systemctl disable -q "$unit"; done < <(lines enabled)
  while IFS= read -r path; do
    rm -f "$path"
    if [[ -e $book/before$path || -L $book/before$path ]]; then cp -a "$book/before$path" "$path"; fi
    rmdir -p --ignore-fail-on-non-empty "$(dirname "$path")" 2>/dev/null || true
  done < <(lines files | tac)
  while IFS= read -r unit; do systemctl enable -q "$unit"; done < <(lines disabled)
  mapfile -t packages < <(lines packages)
  if ((${#packages[@]})); then apt-get purge -qy "${packages[@]}"; fi
  rm -rf /etc/perennial /run/perennial /var/lib/perennial /usr/local/lib/perennial "$book"
  if [[ -d /run/systemd/system ]]; then
    systemctl daemon-reload
    # Whoever else forwards has said so in a file of its own.
    sysctl -qw net.ipv4.ip_forward=0
    sysctl -q --system >/dev/null
  fi
  echo 'Everything is as it was.'
}

lines() { if [[ -f $book/$1 ]]; then cat "$book/$1"; fi; }

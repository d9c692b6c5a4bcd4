# An image for EC2: the kernel with PPP, AWS's own time, the SSM agent instead of SSH.
# shellcheck shell=bash

lay_bake() {
  if has_package systemd-timesyncd || [[ $deed == check ]]; then
    want_file "$here/etc/systemd/timesyncd.conf.d/perennial.conf" /etc/systemd/timesyncd.conf.d/perennial.conf
  fi
  if has_package systemd-resolved; then
    want_file "$here/etc/systemd/resolved.conf.d/perennial.conf" /etc/systemd/resolved.conf.d/perennial.conf
  fi
  want_disabled ssh.service
  want_disabled ssh.socket
  if [[ $with_ssm_agent == yes ]]; then lay_ssm_agent; fi
  if [[ $deed == install ]]; then
    apt-get clean
    rm -rf /var/lib/apt/lists/*
  fi
}

# Debian's cloud kernel, which its EC2 images boot, has PPP switched off. GRUB sorts it above the generic one.
bake_kernel() {
  [[ $with_kernel == yes ]] || return 0
  want_packages "linux-image-$(dpkg --print-architecture)"
  local cloud=()
  mapfile -t cloud < <(list_packages | grep -E '^linux-(image|headers)-.*cloud')
  ((${#cloud[@]})) || return 0
  change "remove: ${cloud[*]}" || return 0
  # The one that runs is removed too; the reboot comes next.
  echo 'linux-base linux-base/removing-running-kernel boolean false' | debconf-set-selections
  apt-get purge -qy "${cloud[@]}"
  if command -v update-grub >/dev/null; then update-grub; fi
}

lay_ssm_agent() {
  local version=${ssm_agent%%:*} sum=() architecture
  architecture=$(dpkg --print-architecture)
  if [[ $version == latest ]]; then
    if has_package amazon-ssm-agent; then return 0; fi
  else
    sum=("SHA256:${ssm_agent##*:}")
    if [[ $(dpkg-query -Wf '${Version}' amazon-ssm-agent 2>/dev/null) == "$version"* ]]; then return 0; fi
  fi
  change "install: amazon-ssm-agent $version" || return 0
  local url=https://s3.$region.amazonaws.com/amazon-ssm-$region/$version/debian_$architecture/amazon-ssm-agent.deb
  local folder
  folder=$(mktemp -d)
  # By TLS from AWS's own bucket. It refuses a file with another checksum, if there is one to compare with.
  /usr/lib/apt/apt-helper download-file "$url" "$folder/amazon-ssm-agent.deb" "${sum[@]}" ||
    fail "The SSM agent could not be had from $url, or it is not $ssm_agent"
  # apt's own user reads it there.
  chmod 755 "$folder"
  apt-get install -qy "$folder/amazon-ssm-agent.deb"
  note packages amazon-ssm-agent
  rm -rf "$folder"
  want_enabled amazon-ssm-agent.service
}

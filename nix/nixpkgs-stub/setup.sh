# Sourced by every build and by `nix develop`.
export PATH=/usr/bin:/bin npm_config_progress=false npm_config_update_notifier=false
export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
for p in $nativeBuildInputs $buildInputs; do
  if [ -d "$p/bin" ]; then PATH="$p/bin:$PATH"; fi
done
patchShebangs() { :; }  # the host has /usr/bin/env
runHook() { local v="$1"; if declare -F "$v" >/dev/null; then "$v"; elif [ -n "${!v-}" ]; then eval "${!v}"; fi; }
phase() { local p="$1" fallback="$2"; if [ -n "${!p-}" ]; then eval "${!p}"; else eval "$fallback"; fi; }
genericBuild() {
  if [ -n "${buildCommandPath-}" ]; then source "$buildCommandPath"; return; fi
  if [ -n "${buildCommand-}" ]; then eval "$buildCommand"; return; fi
  if [ -z "${dontUnpack-}" ]; then phase unpackPhase 'cp -r "$src" source; chmod -R u+w source; cd source'; fi
  runHook postPatch
  phase configurePhase :; phase buildPhase :
  if [ -n "${doCheck-}" ]; then phase checkPhase :; fi
  phase installPhase 'mkdir -p "$out"'
  runHook postInstall
}

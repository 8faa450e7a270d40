{ lib, system }:
let
  # Only these names mean something to Nix itself or to setup.sh; functions and sets cannot become environment.
  forEnv = args: removeAttrs args [ "meta" "passthru" "pos" "env" ] // (args.env or { });

  mkDerivation = arg:
    let
      args = if builtins.isFunction arg then arg final else arg;
      final = args // { finalPackage = drv; };
      name = args.name or "${args.pname}-${args.version}";
      drv = derivation ({ inherit system name stdenv; outputs = [ "out" ]; builder = "/bin/bash"; args = [ "-e" ./builder.sh ]; } // forEnv args);
    in
    drv // (args.passthru or { }) // {
      inherit (args) meta;
      pname = args.pname or name;
      overrideAttrs = f: mkDerivation (args // f args);
    } // { meta = args.meta or { }; };

  stdenv = derivation {
    inherit system; name = "stub-stdenv"; builder = "/bin/bash";
    PATH = "/usr/bin:/bin";
    args = [ "-ec" "mkdir -p $out; cp ${./setup.sh} $out/setup; exit 0" ];
  } // {
    inherit mkDerivation; shell = "/bin/bash";
    hostPlatform = { inherit system; isLinux = lib.hasSuffix "linux" system; isDarwin = lib.hasSuffix "darwin" system;
      isAarch64 = lib.hasPrefix "aarch64" system; };
  };

  runCommand = name: env: buildCommand: mkDerivation (env // { inherit name buildCommand; });

  # A package whose programs are the host's.
  host = pname: version: programs: mkDerivation {
    inherit pname version;
    buildCommand = "mkdir -p $out/bin\n" + lib.concatStringsSep "\n" (map (p: "ln -s ${p} $out/bin/${baseNameOf p}") programs);
    meta.mainProgram = baseNameOf (builtins.head programs);
  };

  writeTextFile = { name, text, executable ? false, destination ? "", checkPhase ? "", meta ? { } }:
    mkDerivation {
      inherit name text meta; 
      passAsFile = [ "text" ];
      buildCommand = ''
        target=$out${destination}
        mkdir -p "$(dirname "$target")"
        cp "$textPath" "$target"
        ${lib.optionalString executable ''chmod +x "$target"''}
        ${checkPhase}
      '';
    };

  self = rec {
    inherit lib stdenv runCommand writeTextFile;
    # The host's node is too old for us; a package of npm carries the real binary (needs sandbox = false).
    npmNode = major: mkDerivation {
      pname = "nodejs"; version = major;
      buildCommand = ''
        npm install --ignore-scripts --no-audit --no-fund --no-save --prefix "$PWD/n" \
          node-linux-${if stdenv.hostPlatform.isAarch64 then "arm64" else "x64"}@${major}
        mkdir -p $out/bin
        cp -L "$PWD/n/node_modules/.bin/node" $out/bin/node
        for p in npm npx; do
          printf '#!/bin/bash\nexec %s/bin/node /usr/lib/node_modules/npm/bin/%s-cli.js "$@"\n' "$out" "$p" > $out/bin/$p
          chmod +x $out/bin/$p
        done
      '';
      meta.mainProgram = "node";
    };
    nodejs_24 = npmNode "24"; nodejs-slim_24 = nodejs_24;
    cacert = mkDerivation { pname = "cacert"; version = "0"; buildCommand = "mkdir -p $out/etc/ssl/certs; cp /etc/ssl/certs/ca-certificates.crt $out/etc/ssl/certs/ca-bundle.crt"; };
    iproute2 = host "iproute2" "6" [ "/usr/sbin/ip" "/usr/sbin/tc" "/usr/bin/ss" ];
    util-linux = host "util-linux" "2" [ "/usr/bin/unshare" "/usr/bin/nsenter" ];
    nixfmt = writeShellScriptBin "nixfmt" ''exec nix-instantiate --parse "$@" > /dev/null'';
    dockerTools = import ./docker-tools.nix self;
    testers = import ./testers.nix self;
    inherit (testers) nixos;
    bash = host "bash" "5" [ "/bin/bash" ]; bashInteractive = bash; runtimeShell = "/bin/bash";
    coreutils = host "coreutils" "9" [ "/usr/bin/env" ];
    git = host "git" "2" [ "/usr/bin/git" ];
    makeWrapper = mkDerivation { pname = "make-wrapper"; version = "0"; buildCommand = "mkdir -p $out/bin; cp ${./make-wrapper.sh} $out/bin/makeWrapper; chmod +x $out/bin/makeWrapper"; };

    installShellFiles = mkDerivation {
      pname = "install-shell-files"; version = "0";
      buildCommand = ''
        mkdir -p $out/bin
        for p in installManPage installShellCompletion; do cp ${./install-shell-files.sh} $out/bin/$p; chmod +x $out/bin/$p; done
      '';
    };

    mkShell = { packages ? [ ], shellHook ? "", name ? "shell", ... }@a: mkDerivation
      (removeAttrs a [ "packages" ] // { inherit name shellHook; nativeBuildInputs = packages; buildCommand = "export > $out"; });
    writeText = name: text: writeTextFile { inherit name text; };
    writeShellScriptBin = name: text: writeTextFile { inherit name; executable = true; destination = "/bin/${name}"; text = "#!/bin/bash\n${text}"; meta.mainProgram = name; };
    writeShellApplication = { name, text, runtimeInputs ? [ ], meta ? { }, ... }: writeTextFile {
      inherit name; executable = true; destination = "/bin/${name}"; meta = { mainProgram = name; } // meta;
      text = ''
        #!/bin/bash
        set -o errexit -o nounset -o pipefail
        ${lib.optionalString (runtimeInputs != [ ]) ''export PATH="${lib.makeBinPath runtimeInputs}:$PATH"''}
        ${text}
      '';
      checkPhase = ''bash -n "$target"'';
    };
  };
in self

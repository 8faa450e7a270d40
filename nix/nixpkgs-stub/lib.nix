let
  b = builtins;
  lib = rec {
    inherit (b) attrNames attrValues mapAttrs filter elem concatMap length elemAt listToAttrs removeAttrs
      fromJSON toJSON readFile concatStringsSep hasAttr isAttrs isList isFunction functionArgs intersectAttrs;
    genAttrs = names: f: b.listToAttrs (map (n: { name = n; value = f n; }) names);
    nameValuePair = name: value: { inherit name value; };
    filterAttrs = p: s: b.removeAttrs s (b.filter (n: !(p n s.${n})) (b.attrNames s));
    optionalAttrs = c: s: if c then s else { };
    optional = c: x: if c then [ x ] else [ ];
    optionals = c: xs: if c then xs else [ ];
    optionalString = c: s: if c then s else "";
    last = xs: b.elemAt xs (b.length xs - 1);
    splitString = sep: s: b.filter b.isString (b.split (escapeRegex sep) s);
    escapeRegex = b.replaceStrings [ "\\" "." "*" "+" "?" "(" ")" "[" "]" "{" "}" "^" "$" "|" ]
      [ "\\\\" "\\." "\\*" "\\+" "\\?" "\\(" "\\)" "\\[" "\\]" "\\{" "\\}" "\\^" "\\$" "\\|" ];
    hasInfix = i: s: b.length (splitString i s) > 1;
    concatStrings = b.concatStringsSep ""; inherit (b) genList foldl';
    hasPrefix = p: s: b.substring 0 (b.stringLength p) s == p;
    hasSuffix = p: s: let n = b.stringLength s; m = b.stringLength p; in n >= m && b.substring (n - m) m s == p;
    importJSON = p: b.fromJSON (b.readFile p);
    escapeShellArg = s: "'" + b.replaceStrings [ "'" ] [ "'\\''" ] (toString s) + "'";
    escapeShellArgs = xs: b.concatStringsSep " " (map escapeShellArg xs);
    makeBinPath = ps: b.concatStringsSep ":" (map (p: "${p}/bin") (b.filter (p: p != null) ps));
    getExe = d: "${d}/bin/${d.meta.mainProgram or d.pname or d.name}";
    getExe' = d: n: "${d}/bin/${n}";
    licenses = genAttrs [ "mit" "asl20" ] (n: { shortName = n; });
    platforms = { unix = [ ]; linux = [ ]; all = [ ]; };
    addMetaAttrs = meta: drv: drv // { meta = (drv.meta or { }) // meta; };
    fileContents = p: let m = b.match "(.*[^\n])\n*" (b.readFile p); in if m == null then "" else b.elemAt m 0;
    fetchers.proxyImpureEnvVars = [ "http_proxy" "https_proxy" "no_proxy" ];
    recursiveUpdate = x: y: x // b.mapAttrs (n: v: if b.isAttrs v && b.isAttrs (x.${n} or null) then recursiveUpdate x.${n} v else v) y;
    cleanSource = src: src;
    # Here a fileset is what it includes and what it leaves out.
    fileset = rec {
      coerce = f: if f ? included then f else { included = [ (toString f) ]; excluded = [ ]; };
      unions = fs: { included = b.concatMap (f: (coerce f).included) fs; excluded = b.concatMap (f: (coerce f).excluded) fs; };
      difference = f: g: { inherit (coerce f) included; excluded = (coerce f).excluded ++ (coerce g).included; };
      toSource = { root, fileset }:
        let
          f = coerce fileset;
          under = path: p: path == p || hasPrefix (p + "/") path;
          above = path: p: hasPrefix (path + "/") p;
        in
        assert b.all (p: b.pathExists p || throw "fileset: there is no ${p}") (f.included ++ f.excluded);
        b.path {
          name = "source"; path = root;
          filter = path: type: b.any (p: under path p || above path p) f.included && !(b.any (under path) f.excluded);
        };
    };
    # As in nixpkgs, what they return gets an attribute of its own.
    callPackageWith = scope: f: extra: call scope f extra // { override = more: callPackageWith scope f (extra // more); };
    callPackagesWith = scope: f: extra: b.mapAttrs (name: p: p // { override = more: (call scope f (extra // more)).${name}; }) (call scope f extra);
    call = scope: f: extra:
      let fn = if b.isFunction f then f else import f; in fn (b.intersectAttrs (b.functionArgs fn) scope // extra);
    toInt = b.fromJSON;
    head = b.head;
    inherit (import ./modules.nix lib) mkOption mkEnableOption mkIf mkDefault literalExpression types evalModules;
    fix = f: let x = f x; in x;
  };
in lib

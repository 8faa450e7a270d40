# As much of nixpkgs' module system as tells whether a module evaluates: options with types, defaults and merging. What no
# option declares stands for the rest of NixOS and is merged as it comes.
lib:
let
  b = builtins;
  inherit (lib) hasAttr attrNames recursiveUpdate;
  isOption = v: (v._type or null) == "option";

  mkOption = args: args // { _type = "option"; };
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkDefault = content: { _type = "default"; inherit content; };
  literalExpression = text: { _type = "literalExpression"; inherit text; };

  type = description: check: { inherit description check; merge = defs: b.head defs; };
  types = {
    bool = type "boolean" b.isBool;
    str = type "string" b.isString;
    path = type "path" (v: b.isPath v || (b.isString v && lib.hasPrefix "/" v));
    port = type "port" (v: b.isInt v && v >= 0 && v <= 65535);
    package = type "package" (v: (v.type or null) == "derivation");
    ints.positive = type "positive integer" (v: b.isInt v && v > 0);
    ints.between = low: high: type "integer from ${toString low} to ${toString high}" (v: b.isInt v && v >= low && v <= high);
    strMatching = pattern: type "string matching ${pattern}" (v: b.isString v && b.match pattern v != null);
    nullOr = t: t // { description = "null or ${t.description}"; check = v: v == null || t.check v; };
    listOf = t: { description = "list of ${t.description}"; check = v: b.isList v && b.all t.check v; merge = b.concatLists; };
    attrsOf = t: { description = "set of ${t.description}"; check = v: b.isAttrs v && b.all t.check (b.attrValues v); merge = b.foldl' recursiveUpdate { }; };
  };

  # Conditions move inwards, so that names are known before a condition is.
  push = d: if (d._type or null) == "if" then b.mapAttrs (_: mkIf d.condition) (push d.content) else d;
  discharge = d:
    if (d._type or null) == "if" then (if d.condition then discharge d.content else [ ])
    else if (d._type or null) == "default" then [ ]
    else if b.isAttrs d && (d.type or null) != "derivation" then [ (b.mapAttrs (_: v: let vs = discharge v; in if vs == [ ] then null else b.head vs) d) ]
    else [ d ];
  defaultsIn = d: if (d._type or null) == "default" then [ d.content ] else if (d._type or null) == "if" then (if d.condition then defaultsIn d.content else [ ]) else [ ];

  value = path: option: defs:
    let
      given = b.concatMap discharge defs;
      merged =
        if given != [ ] then option.type.merge given
        else if b.concatMap defaultsIn defs != [ ] then b.head (b.concatMap defaultsIn defs)
        else option.default or (throw "option ${path} is used but not defined");
    in
    if option.type.check merged then merged else throw "option ${path} is not a ${option.type.description}: ${b.toJSON merged}";

  free = defs:
    let given = b.concatMap discharge defs; in
    if given != [ ] && b.all b.isAttrs given then b.foldl' recursiveUpdate { } given
    else if given != [ ] && b.all b.isList given then b.concatLists given
    else if given == [ ] then null else b.head given;

  merge = path: options: defs:
    let
      sets = map push defs;
      names = attrNames (b.foldl' (all: d: all // d) options sets);
      defsOf = name: b.concatMap (d: if hasAttr name d then [ d.${name} ] else [ ]) sets;
    in
    b.listToAttrs (map (name: {
      inherit name;
      value =
        if !(hasAttr name options) then free (defsOf name)
        else if isOption options.${name} then value "${path}${name}" options.${name} (defsOf name)
        else merge "${path}${name}." options.${name} (defsOf name);
    }) names);
in
{
  inherit mkOption mkIf mkDefault literalExpression types;
  mkEnableOption = name: mkOption { type = types.bool; default = false; description = "Whether to enable ${name}."; };

  evalModules = { modules, specialArgs }:
    let
      args = specialArgs // { inherit lib config; };
      load = m:
        let
          f = if b.isPath m then import m else m;
          v = if b.isFunction f then f (b.intersectAttrs (b.functionArgs f) args) else f;
        in
        b.concatMap load (v.imports or [ ]) ++ [ v ];
      loaded = b.concatMap load modules;
      options = b.foldl' recursiveUpdate { } (map (m: m.options or { }) loaded);
      config = merge "" options (map (m: m.config or (removeAttrs m [ "imports" "options" ])) loaded);
    in
    { inherit config options; };
}

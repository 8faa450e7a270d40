{ lib, packages }:
lib.genAttrs
  [
    "test-network"
    "demo"
    "simulate"
    "bench"
  ]
  (name: {
    type = "app";
    program = lib.getExe packages.${name};
    meta = { inherit (packages.${name}.meta) description; };
  })

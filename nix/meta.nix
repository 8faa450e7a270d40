# What is said of every package: `meta "what it is"`, or `meta "what it is" // { mainProgram = ...; }`.
lib: description: {
  inherit description;
  license = with lib.licenses; [
    asl20
    mit
  ];
  platforms = lib.platforms.unix;
}

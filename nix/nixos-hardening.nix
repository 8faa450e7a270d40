# What the service may not do. It needs sockets and its state folder. Not MemoryDenyWriteExecute: V8 compiles at run time.
{
  DynamicUser = true;
  UMask = "0077";
  CapabilityBoundingSet = "";
  NoNewPrivileges = true;
  LockPersonality = true;
  PrivateDevices = true;
  PrivateTmp = true;
  PrivateUsers = true;
  ProcSubset = "pid";
  ProtectClock = true;
  ProtectControlGroups = true;
  ProtectHome = true;
  ProtectHostname = true;
  ProtectKernelLogs = true;
  ProtectKernelModules = true;
  ProtectKernelTunables = true;
  ProtectProc = "invisible";
  ProtectSystem = "strict";
  RemoveIPC = true;
  # Netlink, since Node asks the kernel for the addresses of its interfaces.
  RestrictAddressFamilies = [
    "AF_INET"
    "AF_INET6"
    "AF_NETLINK"
    "AF_UNIX"
  ];
  RestrictNamespaces = true;
  RestrictRealtime = true;
  RestrictSUIDSGID = true;
  SystemCallArchitectures = "native";
  SystemCallErrorNumber = "EPERM";
  # Memory protection keys, since V8 asks for them.
  SystemCallFilter = [
    "@system-service"
    "~@privileged"
    "@pkey"
  ];
}

package contract

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"strconv"
	"strings"
)

// Flags are what the harness gives to a node (docs/CONTRACT.md, Start). The systems here have no announce interval and no
// ttl, so those two are read and left aside.
type Flags struct {
	Name      string
	IP        string
	Port      int // 0: any
	Bootstrap []string
	KeyFile   string // empty: a new identity with every start
}

// ReadFlags reads them from the command line, or ends the process with code 2.
func ReadFlags() Flags {
	var flags Flags
	var listen string
	var bootstrap many
	flag.StringVar(&flags.Name, "name", "node", "a label, unique in the run")
	flag.StringVar(&listen, "listen", "/ip4/127.0.0.1/tcp/0", "where to listen")
	flag.Var(&bootstrap, "bootstrap", "a node to begin with")
	flag.StringVar(&flags.KeyFile, "key", "", "keep the identity in this file")
	flag.Int("announce-interval-ms", 0, "left aside")
	flag.Int("ttl-ms", 0, "left aside")
	flag.Bool("mdns", false, "left aside")
	flag.Parse()
	flags.Bootstrap = bootstrap
	flags.IP, flags.Port = Endpoint(listen)
	return flags
}

// Endpoint of an address such as /ip4/127.1.1.3/tcp/7946.
func Endpoint(addr string) (ip string, port int) {
	parts := strings.Split(addr, "/")
	if len(parts) < 5 {
		return "", 0
	}
	port, _ = strconv.Atoi(parts[4])
	return parts[2], port
}

// HostPorts of addresses such as /ip4/127.1.1.3/tcp/7946: 127.1.1.3:7946.
func HostPorts(addrs []string) []string {
	hosts := make([]string, len(addrs))
	for i, addr := range addrs {
		ip, port := Endpoint(addr)
		hosts[i] = ip + ":" + strconv.Itoa(port)
	}
	return hosts
}

// Addr is the address of an endpoint, as ready lists it.
func Addr(ip string, port int) string {
	return "/ip4/" + ip + "/tcp/" + strconv.Itoa(port)
}

// PeerID is the name under which a system keeps this node: the label, a point, and 8 digits that are new with every start
// unless there is a key file. These systems know a node by its name alone.
func (flags Flags) PeerID() (string, error) {
	if flags.KeyFile != "" {
		known, err := os.ReadFile(flags.KeyFile)
		if err == nil {
			return string(known), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	peerID := flags.Name + "." + hex.EncodeToString(random)
	if flags.KeyFile == "" {
		return peerID, nil
	}
	return peerID, os.WriteFile(flags.KeyFile, []byte(peerID), 0o600)
}

// NameOf is the label in a peer id that PeerID made.
func NameOf(peerID string) string {
	name, _, _ := strings.Cut(peerID, ".")
	return name
}

type many []string

func (texts *many) String() string { return strings.Join(*texts, " ") }

func (texts *many) Set(text string) error {
	*texts = append(*texts, text)
	return nil
}

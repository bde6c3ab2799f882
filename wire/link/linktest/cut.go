package linktest

import "net/netip"

// Cut stops what goes from one address to another, on all ports, and leaves the other direction as it is. What is on its
// way is lost too.
func (n *Network) Cut(from, to netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cuts[cutWay(from, to)] = true
}

// Partition stops everything, both ways, between each address of one side and each of the other.
func (n *Network) Partition(one, other []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range one {
		for _, b := range other {
			n.cuts[cutWay(a, b)] = true
			n.cuts[cutWay(b, a)] = true
		}
	}
}

// Heal ends every cut and partition.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.cuts)
}

func (n *Network) isCut(from, to netip.AddrPort) bool {
	return n.cuts[cutWay(from.Addr(), to.Addr())]
}

func cutWay(from, to netip.Addr) way {
	return way{netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)}
}

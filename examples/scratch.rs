use quorate::kernel::*; use quorate::sim::*; use std::rc::Rc;
fn main(){
  let e = quorate::catalog::find("paxos").unwrap();
  let mut spec = ClusterSpec::new(5, Knobs::defaults(e.about.knobs), 7);
  spec.inputs.push((SimTime(10_000_000), Input::Request{op:Op::Propose(Word::new("A").unwrap()), via:Some(Target::Node(NodeId(0))), client:None}));
  spec.inputs.push((SimTime(10_000_000), Input::Request{op:Op::Propose(Word::new("B").unwrap()), via:Some(Target::Node(NodeId(1))), client:Some(ClientId(1))}));
  spec.inputs.push((SimTime(10_500_000), Input::Crash(Target::Node(NodeId(2)))));
  spec.inputs.push((SimTime(12_500_000), Input::Restart(Target::Any)));
  spec.network=NetworkSpec::lan();
  let mut c = e.build(Rc::new(spec)).unwrap();
  for _ in 0..80 { if !c.step() {break} let l=c.last(); println!("{:>4} {} {:?} facts={:?} marks={:?} ops={:?} {:016x}", l.index, l.at, match &l.what { Happening::Delivered(n)=>format!("D {} {}->{}", n.face.name,n.from,n.to), o=>format!("{o:?}")}, l.facts, l.marks, l.ops, c.digest()); }
}

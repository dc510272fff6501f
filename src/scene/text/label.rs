//! Fixed words and sentences.

use crate::kernel::Text;

use super::Lang;

macro_rules! labels {
    ($($name:ident $en:literal $zh:literal)*) => {
        /// A fixed word or sentence of the screen.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Label {
            $(#[doc = $en] $name,)*
        }

        impl Label {
            /// Every label, in the order of this file.
            pub const ALL: &'static [Label] = &[$(Label::$name,)*];

            /// The label in both languages.
            pub const fn both(self) -> Text {
                match self {
                    $(Label::$name => Text { en: $en, zh: $zh },)*
                }
            }

            /// The label in `lang`.
            pub const fn text(self, lang: Lang) -> &'static str {
                lang.of(self.both())
            }
        }
    };
}

labels! {
    // Top bar.
    Gallery "Gallery" "示例库"
    Playground "Playground" "演练场"
    Run "Run" "运行"
    Reset "Reset" "重置"
    Share "Share" "分享"
    Embed "Embed" "嵌入"
    Export "Export" "导出"
    Language "Language" "语言"
    Theme "Theme" "主题"
    ThemeLight "Light" "浅色"
    ThemeDark "Dark" "深色"
    ThemeSystem "As the system" "跟随系统"
    Help "Help" "帮助"
    Close "Close" "关闭"
    Cancel "Cancel" "取消"
    Done "Done" "完成"
    More "More" "更多"
    Copy "Copy" "复制"
    Copied "Copied" "已复制"
    Undo "Undo" "撤销"
    Redo "Redo" "重做"
    SkipToScene "Skip to the scene" "跳到场景"

    // Scenario editor.
    Scenario "Scenario" "剧本"
    ScenarioText "Scenario text" "剧本文本"
    SavedInTheLink "saved in the link" "已存入链接"
    ThisRun "This run" "本次运行"
    NextSeed "Next seed" "换个种子"
    Seed "Seed" "种子"
    SameTextSameRun "Same text, same run" "文本相同，运行必相同"
    QuickFix "Use this instead" "改用这个"
    NoExpectations "No expectations in the text yet" "文本里还没有期望"
    Computing "Computing ahead" "正在向前计算"
    Example "Example" "示例"
    Line "line" "行"
    InsertHint "Insert a line at the playhead" "在播放位置插入一行"

    // Parameters.
    Adjust "Adjust" "调节"
    EditsTheText "edits the text above" "会改写上方文本"
    Load "Load" "负载"
    CapacitySpread "Capacity spread" "容量差距"
    SlowServer "Slow server" "慢服务器"
    Burstiness "Burstiness" "突发程度"
    ServersProbed "Servers probed" "探测的服务器数"
    Nodes "Nodes" "节点数"
    Network "Network" "网络"
    Loss "Loss" "丢包率"

    // Listing.
    Listing "The protocol's code" "协议代码"
    ListingMissing "The code could not be loaded" "代码未能加载"
    ListingHelp "The code that runs; the rule applied last is marked"
        "正在运行的代码；刚刚应用的规则已标出"
    Papers "Papers" "论文"
    Claims "What it promises" "它的承诺"

    // Scene.
    Scene "Scene" "场景"
    Layers "Layers" "图层"
    ShowLabels "Message labels" "消息标签"
    ShowHeartbeats "Heartbeats" "心跳"
    ShowMesh "Links" "链路"
    Fullscreen "Full screen" "全屏"
    LeaveFullscreen "Leave full screen" "退出全屏"
    Narration "What is happening now" "此刻发生的事"
    DragToPartition "Drag a line between nodes to cut the network"
        "在节点之间拖一条线即可切断网络"
    Partition "partition" "分区"
    CutOneWay "one-way cut" "单向切断"
    Held "held" "已扣住"
    Waiting "waiting" "等待中"
    Server "server" "服务器"
    Balancer "balancer" "均衡器"
    Client "client" "客户端"
    Busy "busy" "忙碌"
    P99LastSecond "p99, last second" "最近一秒 p99"
    Slow "slow" "变慢"
    Votes "votes" "票"

    // Node menu and deeds.
    Crash "Crash" "崩溃"
    Restart "Restart" "重启"
    Pause "Pause" "暂停"
    Resume "Resume" "恢复"
    Isolate "Isolate" "隔离"
    Rejoin "Rejoin" "重新接入"
    ClockSkew "Clock skew" "时钟偏差"
    ClockDrift "Clock drift" "时钟漂移"
    FireTimer "Fire the timer now" "让定时器立即到期"
    PartitionHere "Partition from here" "从这里分区"
    PartitionPick "Pick the nodes of one side, then press Enter"
        "选出一侧的节点，然后按回车"
    HealAll "Heal the network" "恢复网络"
    SendRequest "Send a request" "发送请求"
    DiskUnsynced "Stop syncing the disk" "停止磁盘同步"
    DiskSynced "Sync the disk" "同步磁盘"
    DropMessage "Drop" "丢弃"
    DelayMessage "Delay" "延迟"
    DuplicateMessage "Duplicate" "复制一份"
    HoldMessage "Hold" "扣住"
    ReleaseMessage "Release" "放行"
    DeliverMessage "Deliver now" "立即送达"
    SlowDown "Slow down" "变慢"
    Recover "Recover" "复原"
    NodeMenu "Actions for this node" "对这个节点的操作"
    MessageMenu "Actions for this message" "对这条消息的操作"

    // Transport.
    Transport "Playback" "播放控制"
    Back "One event back" "后退一个事件"
    Forward "One event forward" "前进一个事件"
    Play "Play" "播放"
    PausePlay "Pause" "暂停"
    Start "Start of the run" "运行起点"
    End "End of the run" "运行终点"
    NextMark "Next marker" "下一个标记"
    PreviousMark "Previous marker" "上一个标记"
    LastElection "Last election" "上次选举"
    NextViolation "Next violation" "下一处违反"
    Speed "Speed" "速度"
    SpeedMax "Max" "最快"
    Faster "Faster" "加快"
    Slower "Slower" "减慢"
    Timeline "Timeline" "时间轴"

    // Markers of the timeline.
    ElectionWon "Election won" "选举成功"
    ElectionLost "Election lost" "选举失败"
    MarkCrash "Crash" "崩溃"
    MarkRestart "Restart" "重启"
    MarkFault "Injected fault" "注入的故障"
    MarkCall "Client call" "客户端请求"
    MarkCommit "Commit" "提交"
    MarkViolation "Violation" "违反"
    LedWithQuorum "Leader, quorate" "有法定多数的领导者"
    LedWithoutQuorum "Leader, no quorum" "没有法定多数的领导者"

    // Dock.
    SpaceTime "Space-time" "时空图"
    Logs "Logs" "日志"
    Messages "Messages" "消息"
    Metrics "Metrics" "指标"
    History "History" "历史"
    Checker "Checker" "检验"
    Legend "Legend" "图例"
    EmptySpaceTime "Messages appear here as they are sent" "消息一发出就会出现在这里"
    EmptyLogs "Logs fill as entries are appended" "追加日志条目后这里会有内容"
    EmptyMessages "No message has been sent yet" "还没有发出消息"
    EmptyMetrics "Numbers appear once the run has begun" "运行开始后这里会有数字"
    EmptyHistory "Client operations appear here" "客户端操作会出现在这里"
    EmptyChecker "Try many schedules to look for a violation" "尝试大量调度，寻找违反之处"
    Search "Search messages and logs" "搜索消息和日志"
    NothingFound "Nothing found" "没有找到"
    ZoomIn "Zoom in" "放大"
    ZoomOut "Zoom out" "缩小"
    ZoomFit "Fit" "适应宽度"

    // Tables of the dock.
    From "from" "发送方"
    To "to" "接收方"
    Kind "kind" "种类"
    Detail "detail" "内容"
    SentAt "sent" "发出"
    ArrivesAt "arrives" "到达"
    Fate "fate" "结局"
    InFlight "in flight" "途中"
    Delivered "delivered" "已送达"
    Lost "lost" "已丢失"
    Operation "operation" "操作"
    Invoked "invoked" "发起"
    Returned "returned" "返回"
    Result "result" "结果"
    Open "open" "未完成"
    GaveUp "gave up" "已放弃"
    Refused "refused" "被拒绝"
    Ok "ok" "成功"
    Time "time" "时间"
    Event "event" "事件"
    What "what" "发生的事"
    Who "who" "参与者"

    // Inspector.
    Inspector "Inspector" "检查器"
    NothingSelected "Select a node or a message" "请选择一个节点或一条消息"
    State "State" "状态"
    Log "Log" "日志"
    Peers "Peers" "其他节点"
    Timers "Timers" "定时器"
    Invariants "Invariants" "不变式"
    Expectations "Expectations" "期望"
    CheckedAtEveryEvent "checked at every event" "每个事件后检查"
    Index "index" "序号"
    Command "command" "命令"
    Value "value" "值"
    StoredOn "stored on" "存于"
    Committed "committed" "已提交"
    Pending "pending" "待提交"
    Peer "peer" "节点"
    Match "match" "已匹配"
    Next "next" "下一条"
    LinkColumn "link" "链路"
    LinkFine "fine" "正常"
    LinkCut "cut off" "已切断"
    EmptyLog "The log is empty" "日志为空"
    NoNoOp "no-op" "空操作"
    Disk "disk" "磁盘"
    Queue "Queue" "队列"
    QueueEmpty "Nothing is waiting" "没有请求在等待"
    Capacity "capacity" "容量"
    Picked "picked" "被选次数"
    Finished "finished" "已完成"
    Vote "vote" "投票"
    Granted "granted" "同意"
    Denied "denied" "拒绝"

    // Statuses.
    Up "Up" "运行中"
    Crashed "Crashed" "已崩溃"
    Paused "Paused" "已暂停"
    Isolated "Isolated" "已隔离"
    Holds "Holds" "成立"
    Fails "Fails" "不成立"
    Violated "Violated" "被违反"
    Undecided "Not decided yet" "尚无定论"
    Linearizable "Linearizable" "可线性化"

    // Balancing.
    Strategies "Strategies" "策略"
    ShareOfRequests "share of requests" "请求占比"
    QueueLength "queue" "队列"
    Worst "worst" "最慢"
    Mean "mean" "平均"
    OverLimit "over limit" "超限"
    Limit "limit" "上限"
    Requests "Requests" "请求"
    Failed "failed" "失败"
    SameArrivals "Same arrivals for every strategy" "每种策略面对相同的到达序列"

    // Checker.
    CheckSchedules "Check schedules" "检验各种调度"
    CheckingSchedules "Checking schedules" "正在检验各种调度"
    Stop "Stop" "停止"
    Continue "Continue" "继续"
    NothingViolated "Nothing violated so far" "目前没有发现违反"
    CounterexampleFound "Counterexample found" "找到反例"
    ShowCounterexample "Show it step by step" "逐步查看"
    Shrinking "Making it shorter" "正在缩短"
    Exhausted "Every schedule within the bounds was tried" "界限内的所有调度都已试过"
    Depth "depth" "深度"
    States "states" "状态数"
    Swarm "Try many seeds" "尝试许多种子"

    // Cards: empty, loading, error.
    NoClusterYet "No cluster yet" "还没有集群"
    StartWithALine "Start with a line such as" "从这样一行开始"
    OpenTheGallery "Open the gallery" "打开示例库"
    LastGoodRunStays "The last good run stays on screen." "画面上仍是上一次成功的运行。"
    GoToLine "Go to the line" "跳到该行"
    RaiseTheLimit "Raise the limit" "提高上限"
    OpenAtTheEnd "Open at the end" "从终点打开"
    LoadingEngine "Starting the engine" "正在启动引擎"
    LoadingScenario "Reading the scenario" "正在读取剧本"
    CannotStart "The playground cannot start here" "演练场无法在这里启动"
    CannotStartWhy
        "This browser or page forbids WebAssembly. The scenario can still be read and copied."
        "当前浏览器或页面不允许运行 WebAssembly。剧本仍可阅读和复制。"
    OpenInNewTab "Open in a new tab" "在新标签页打开"
    EngineStopped "The engine stopped unexpectedly" "引擎意外停止"
    Reload "Reload" "重新加载"
    LinkBroken "This link is damaged or incomplete" "这个链接已损坏或不完整"
    LinkTooNew "This link was made by a newer version" "这个链接由更新的版本生成"
    CopyFailed "Copying was blocked; select the text and copy it by hand"
        "复制被阻止，请手动选中文本复制"
    FileUnreadable "This file could not be read" "无法读取这个文件"
    FileTooLarge "This file is too large for a scenario" "这个文件太大，不像是剧本"
    StorageBlocked "Settings cannot be kept in this browser" "这个浏览器无法保存设置"

    // Share and export.
    ShareTitle "Share this scenario" "分享这个剧本"
    ShareHelp "The whole scenario is in the link; nothing is uploaded."
        "整个剧本都写在链接里，不会上传任何内容。"
    CopyLink "Copy link" "复制链接"
    LinkAtInstant "Open at this instant" "打开时停在此刻"
    ExportPicture "Picture (SVG)" "图片（SVG）"
    ExportImage "Picture (PNG)" "图片（PNG）"
    ExportText "Scenario text" "剧本文本"
    ExportRun "Run as data (JSON)" "运行数据（JSON）"
    ExportHistory "Client history" "客户端历史"
    OpenFile "Open a file" "打开文件"

    // Embed.
    EmbedTitle "Embed this scenario" "嵌入这个剧本"
    EmbedHelp "Paste this into a page. It starts when it is scrolled into view."
        "把这段代码贴进网页，滚动到可见处时开始播放。"
    EmbedElement "Web component" "网页组件"
    EmbedFrame "Inline frame" "内嵌框架"
    EmbedImage "Still picture with a link" "带链接的静态图"
    Width "Width" "宽度"
    Height "Height" "高度"
    Autoplay "Play by itself" "自动播放"
    OpenInPlayground "Open in playground" "在演练场中打开"

    // Gallery.
    GalleryTitle "Choose a scenario" "选择剧本"
    GallerySearch "Search scenarios" "搜索剧本"
    Lessons "Lessons" "课程"
    Article "Article" "文章"

    // Help sheet.
    HelpTitle "Keyboard and pointer" "键盘与指针"
    Shortcuts "Shortcuts" "快捷键"
    Pointer "Pointer" "指针"
    PointerSelect "Click a node or message to inspect it" "点击节点或消息查看详情"
    PointerMenu "Right-click or long-press a node for its actions"
        "右键或长按节点打开操作菜单"
    PointerScrub "Drag the timeline to travel in time" "拖动时间轴即可穿越时间"
    HelpGrammar "Hue says which phase. Shape says which kind. Solid asks, hollow answers."
        "颜色表示阶段，形状表示种类；实心是请求，空心是应答。"
    HelpLanguage "Scenario language" "剧本语言"
    HelpSource "Source code" "源代码"

    // Causes and fates in tables.
    LostByChance "lost by chance" "随机丢失"
    LostOnCut "lost at the split" "在断裂处丢失"
    LostAtDead "lost at a crashed node" "到达已崩溃节点而丢失"
    LostDropped "dropped by hand" "被手动丢弃"

    // Phone sheet.
    Sheet "Panels" "面板"
    Checks "Checks" "检查"
    Node "Node" "节点"
    Message "Message" "消息"

    // The page around the scene.
    EngineStoppedWhy "This is a fault of the page, not of your text. The text is kept here."
        "这是页面自身的故障，与你的文本无关。文本保留在这里。"
    LinkTooLong "too long for a link; kept in this browser" "超出链接长度，已存入此浏览器"
    LinkCopied "Link copied" "链接已复制"
    LinkUnread "This link cannot be opened" "无法打开这个链接"
    KeptText "This browser kept a text you wrote earlier." "此浏览器保留了你之前写的文本。"
    Restore "Restore it" "恢复"
    Markers "Markers of the run" "运行中的标记"
    NothingJudged "Nothing is judged in this scenario." "这个剧本没有要判断的性质。"
    GoThere "Go there" "转到该处"
    ClearSelection "Clear the selection" "清除选择"
    Arrived "It has arrived, or was lost." "它已到达或丢失。"
    ResponseTimes "Response times" "响应时间"
    WholeRun "whole run" "整个运行"
    Tables "Tables" "表格"
    Servers "Servers" "服务器"
    AllNodes "Nodes" "节点"
    NothingInFlight "No message is in flight." "没有消息在途。"
    Untitled "Untitled scenario" "未命名剧本"
    SpeedOfServer "Speed" "处理速度"
    Split "Split" "切开"
    PlayTheFirst "Play the first scenario" "播放第一个剧本"
    FaultsAreText "A fault made by hand is written into the text at the current time."
        "手动制造的故障会按当前时刻写入文本。"
}

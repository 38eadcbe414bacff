# language: ja
機能: 第1条 誰が何の立場で依頼するか
  依頼は、利用事業者または利用技能者が、自らの立場と範囲で、共同利用の目的のために、申請システムを介して行う。

  @A1-02 @A1-05 @A1-09 @A1-12 @A1-14 @A1-22 @A4-02
  シナリオ: 依頼は利用者の操作ごとに、その人の立場・対象・目的のままCCUSに届き、記録に残る
    Users, a client, staff and a stranger ask in every capacity; each call to CCUS is one user's act, as it was meant, and on record.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 「u_f2」が事業者の立場で技能者「T2」を「safety_documents」のために依頼する
    かつ 「u_f2」が事業者の立場で自社の事業者情報を依頼する
    かつ 「u_f2」が「F1」の名を使ってその事業者情報を依頼する
    かつ 依頼できない「u_c1」が自社の事業者情報を依頼する
    かつ 依頼できない「u_staff」が技能者「T4」を依頼する
    かつ 登録のない者が技能者「T4」を依頼する
    かつ 「u_f2」が事業者の立場で技能者「T8」を「marketing」のために依頼する
    かつ 「u_f2」が事業者の立場で技能者「T9」を「site_emergency_contact」のために依頼する
    かつ 一人親方「u_f7」が事業者の立場で技能者「T7」と自社の事業者情報を依頼する
    かつ 一人親方本人「u_t7」が技能者の立場で技能者「T7」を依頼する
    かつ 一人親方本人「u_t7」が技能者の立場で自社の事業者情報を依頼する
    かつ 所属事業者の利用者「u_f2」が技能者「T1」の登録情報を見る
    かつ 申請システムが保有するデータを調べる
    かつ 依頼と閲覧の記録を受け取る
    かつ CCUSの台帳を確かめる
    ならば 【A1-02】CCUSに届いた依頼はどれも、利用者の操作一回と、人・名義・対象が一致する
    かつ 【A1-05】依頼できない者の操作からはCCUSへの依頼も提供も生じていない
    かつ 【A1-09】一覧にない目的の依頼は通らず、目的が書き換えられてもいない
    かつ 【A1-12】提供され保有されている事業者情報は、依頼した事業者自身のものだけである
    かつ 【A1-14】一人親方の依頼は、事業者の立場と技能者の立場のどちらでされたかのとおりに届いている
    かつ 【A1-22】依頼の記録には、断ったものも含めてすべての依頼がある
    かつ 【A4-02】誰がいつ誰の登録情報を受け取り、誰が見たかを、改ざんの分かる台帳と閲覧の記録で示せる

  @A1-04
  シナリオアウトライン: 見る・探す・数えるだけでは、CCUSへの依頼にならない
    Pages, lists, searches and counts are opened for somebody not yet asked for; only the explicit request reaches CCUS.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 利用者「u_f2」が、まだ依頼していない技能者「T1」を記録・一覧・検索・件数で見て回る
    かつ 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    ならば 【A1-04】見て回る間の依頼は0件で、明示の依頼は提供に至っている

    例:
      | 読み                                  |
      | request.explicitness=explicit_control |
      | request.explicitness=any_act          |

  @A1-06
  シナリオアウトライン: 代行者は、委任の記録がある間だけ依頼できる
    Somebody asks for another firm before, during and without a recorded delegation; only the recorded one reaches a provision.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 代行者「u_p1」が「F2」に代わって技能者「T2」を依頼する
    かつ 「F2」が「u_p1」への委任をCCUSと申請システムに記録する
    かつ 代行者「u_p1」が「F2」に代わって技能者「T2」を依頼する
    かつ 代行者「u_p2」が「F2」に代わって技能者「T8」を依頼する
    ならば 【A1-06】委任の記録がない代行の依頼からは何も提供されず、記録のある代行だけが代行者の名で届いている

    例:
      | 読み                      |
      | request.delegate=recorded |
      | request.delegate=none     |

  @A1-20
  シナリオ: 退会した利用者とCCUS登録の切れた事業者は、もう依頼できない
    One user leaves the service, another firm's registration in CCUS ends; neither causes a provision any more.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 利用者「u_f2b」が退会する
    かつ 「u_f2b」が事業者の立場で技能者「T8」を「safety_documents」のために依頼する
    かつ 事業者「F3」のCCUS登録が切れる
    かつ 「u_f3」が事業者の立場で技能者「T3」を「safety_documents」のために依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A1-20】退会した利用者からは依頼が届かず、登録の切れた事業者には何も提供されていない

  @A1-08 @A1-10
  シナリオ: 登録情報はCCUSとの間だけを通り、外へ渡す機能は申告されている
    The candidate names every host it sent anything to, after a request and after an export; functions that hand data out are declared.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 申請システムの送信先を確かめる
    かつ 利用者「u_f2」がデータを書き出す
    かつ 申請システムの送信先を確かめる
    かつ CCUSの台帳を確かめる
    ならば 【A1-08】依頼は登録された接続先から出され、受け取った登録情報はCCUS以外へ送られていない
    かつ 【A1-10】登録情報を外へ出す機能と送信先は、すべて申告されている
